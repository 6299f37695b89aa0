using System.Net;
using Stromboli.Crds.Runs;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

/// <summary>The words are those of Podman 5.4.2 (containers/image 5.34) and of the registries named.</summary>
public sealed class ImagePullErrorsTests
{
    private const string Image = "registry.example.com/team/agent:1";

    private const string Source = $"initializing source docker://{Image}: ";

    private const string Ping = $"""{Source}pinging container registry registry.example.com: Get "https://registry.example.com/v2/": """;

    private static readonly ImageRequest Request = new(Image, ImagePullPolicy.Always);

    [Theory]
    [InlineData($"{Source}reading manifest 1 in registry.example.com/team/agent: authentication required", "Unauthorized")]
    [InlineData(
        $"{Source}unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password",
        "Unauthorized"
    )]
    [InlineData(
        $"{Source}reading manifest 1 in registry.example.com/team/agent: requested access to the resource is denied",
        "Unauthorized"
    )]
    [InlineData($"{Source}Requesting bearer token: received unexpected HTTP status: 403 Forbidden", "Unauthorized")]
    [InlineData($"{Source}reading manifest 1 in registry.example.com/team/agent: manifest unknown", "NotFound")]
    [InlineData(
        $"{Source}reading manifest 1 in registry.example.com/team/agent: name unknown: repository name not known to registry",
        "NotFound"
    )]
    [InlineData($"{Ping}dial tcp 192.0.2.1:443: connect: connection refused", "Unreachable")]
    [InlineData($"{Ping}dial tcp: lookup registry.example.com on 192.0.2.53:53: no such host", "Unreachable")]
    [InlineData($"{Ping}dial tcp 192.0.2.1:443: i/o timeout", "Unreachable")]
    [InlineData(
        $"{Source}reading manifest 1 in registry.example.com/team/agent: received unexpected HTTP status: 503 (Service Unavailable)",
        "Unreachable"
    )]
    [InlineData($"{Ping}tls: failed to verify certificate: x509: certificate signed by unknown authority", "Tls")]
    [InlineData($"{Ping}tls: first record does not look like a TLS handshake", "Tls")]
    [InlineData($"{Ping}http: server gave HTTP response to HTTPS client", "Tls")]
    [InlineData(
        $"{Source}reading manifest 1 in registry.example.com/team/agent: toomanyrequests: You have reached your pull rate limit.",
        "RateLimited"
    )]
    [InlineData("copying blob sha256:00: received unexpected HTTP status: 429 Too Many Requests", "RateLimited")]
    [InlineData(
        "writing blob: adding layer with blob \"sha256:00\": unpacking failed (error: exit status 1; output: open /x: no space left on device)",
        "TooLarge"
    )]
    [InlineData(
        "choosing an image from manifest list docker://x: no image found in image index for architecture \"amd64\", variant \"\", OS \"linux\"",
        "OtherPlatform"
    )]
    [InlineData("something else", "Other")]
    public void Explain_EnginesWords_HaveTheirKindAndNameTheImage(string said, string failure)
    {
        var error = ImagePullErrors.Explain(Request, credential: null, Said(said));

        Assert.Equal(failure, error.Failure.ToString());
        Assert.StartsWith($"The image '{Image}' could not be pulled: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("docker://registry", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Explain_Unauthorized_SaysWhatToDo()
    {
        var said = Said("authentication required");

        Assert.Contains("name a Secret", ImagePullErrors.Explain(Request, null, said).Message, StringComparison.Ordinal);
        Assert.Contains(
            "no Secret of spec.imagePullSecrets has one for it",
            ImagePullErrors.Explain(Request with { HasSecrets = true }, null, said).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "refuses the login",
            ImagePullErrors.Explain(Request with { HasSecrets = true }, new("a", "b"), said).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData($"{Ping}dial tcp 192.0.2.1:443: connect: connection refused", "it refuses the connection")]
    [InlineData($"{Ping}dial tcp: lookup registry.example.com on 192.0.2.53:53: no such host", "its name has no address")]
    [InlineData($"{Ping}dial tcp 192.0.2.1:443: i/o timeout", "it does not answer in time")]
    [InlineData($"{Ping}dial tcp 192.0.2.1:443: connect: no route to host", "the node has no route to it")]
    [InlineData($"{Source}received unexpected HTTP status: 503 (Service Unavailable)", "it answers with an error of its own")]
    [InlineData($"{Ping}EOF; unexpected EOF", "the connection breaks off")]
    [InlineData(
        $"{Ping}tls: failed to verify certificate: x509: certificate signed by unknown authority",
        "signed by an authority that the node does not know"
    )]
    [InlineData(
        $"{Ping}tls: failed to verify certificate: x509: certificate is valid for a.example.com, not b.example.com",
        "its certificate is for another name"
    )]
    [InlineData(
        $"{Ping}tls: failed to verify certificate: x509: certificate has expired or is not yet valid: x",
        "its certificate is not valid now"
    )]
    [InlineData($"{Ping}http: server gave HTTP response to HTTPS client", "it does not speak TLS")]
    public void Explain_KnownCause_IsSaidInOurOwnWords(string said, string why)
    {
        var message = ImagePullErrors.Explain(Request, null, Said(said)).Message;

        Assert.Contains(why, message, StringComparison.Ordinal);
        Assert.DoesNotContain("192.0.2.", message, StringComparison.Ordinal);
    }

    /// <summary>Otherwise a tenant that names a registry could read what answers there.</summary>
    [Theory]
    [InlineData("{0}")]
    [InlineData("parsing HTTP 403 response body: invalid character 'x' looking for beginning of value: \"{0}\"; 403 (Forbidden)")]
    [InlineData("manifest unknown: {0}")]
    [InlineData("toomanyrequests: {0}")]
    [InlineData("dial tcp: {0}")]
    [InlineData("x509: certificate is valid for {0}, not registry.example.com")]
    [InlineData("no image found in image index for architecture \"{0}\"")]
    [InlineData("writing blob: adding layer: open /{0}: no space left on device")]
    [InlineData("received unexpected HTTP status: 500 {0}")]
    public void Explain_WhatTheTargetAnswered_IsNeverRepeated(string pattern)
    {
        const string Answer = "ami-id-and-security-credentials";
        var error = ImagePullErrors.Explain(Request, null, Said(pattern.Replace("{0}", Answer, StringComparison.Ordinal)));

        Assert.DoesNotContain(Answer, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_RegistryRepeatsWhatItWasShown_ItIsMasked()
    {
        // alice:s3cret-word in base64.
        var words = ImagePullErrors.Words(
            new("alice", "s3cret-word"),
            Said("you said alice and s3cret-word, that is YWxpY2U6czNjcmV0LXdvcmQ=\nand more")
        );

        Assert.Equal("you said *** and ***, that is *** and more", words);
    }

    [Fact]
    public void Words_LongWords_AreCut() => Assert.Equal(301, ImagePullErrors.Words(null, Said(new string('x', 100_000))).Length);

    private static PodmanException Said(string words) => new("POST images/pull", words, HttpStatusCode.OK);
}
