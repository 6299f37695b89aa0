using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Streams.Identity;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Tests.Streams;

public sealed class IdentityTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void Read_AllHeaders_NameTheUser()
    {
        var user = UserHeaders.Read(
            Headers(
                ("X-Remote-User", "jane"),
                ("X-Remote-Uid", "42"),
                ("X-Remote-Group", new(["a, b", "c"])),
                ("x-remote-extra-Scopes.Example%2fOrg", new(["one", "two"])),
                ("X-Other", "no")
            ),
            Config(("requestheader-uid-headers", """["X-Remote-Uid"]"""))
        );

        Assert.Equal(("jane", "42"), (user!.Name, user.Uid));
        Assert.Equal(["a, b", "c", "system:authenticated"], user.Groups);
        Assert.Equal(["scopes.example/org"], user.Extra.Keys);
        Assert.Equal(["one", "two"], user.Extra["scopes.example/org"]);
        Assert.Equal(
            ("jane", "42", "get", "streams.stromboli.dev", "agentruns", "log", "ns", "work"),
            Review(user) is var spec && spec.ResourceAttributes is { } what
                ? (spec.User, spec.Uid, what.Verb, what.Group, what.Resource, what.Subresource, what.Namespace, what.Name)
                : default
        );
        Assert.Equal(user.Groups, Review(user).Groups!);
        Assert.Equal(user.Extra["scopes.example/org"], Review(user).Extra!["scopes.example/org"]);
    }

    [Theory]
    [InlineData("system:anonymous", "system:unauthenticated", "system:unauthenticated")]
    [InlineData("system:anonymous", "", "")]
    [InlineData("jane", "system:unauthenticated", "system:unauthenticated")]
    [InlineData("jane", "system:authenticated", "system:authenticated")]
    [InlineData("jane", "", "system:authenticated")]
    public void Read_Groups_HaveThatOfAuthenticatedUsers(string name, string groups, string expected)
    {
        var given = groups.Length == 0 ? StringValues.Empty : new(groups.Split(','));

        var user = UserHeaders.Read(Headers(("X-Remote-User", name), ("X-Remote-Group", given)), Config());

        Assert.Equal(expected, string.Join(',', user!.Groups));
    }

    [Fact]
    public void Read_HeadersThatAreNotListed_DoNotCount()
    {
        Assert.Null(UserHeaders.Read(Headers(("X-Other-User", "jane")), Config()));
        Assert.Null(UserHeaders.Read(Headers(("X-Remote-User", "")), Config()));
        // Without a list, the API server passes the header of any user on.
        Assert.Null(UserHeaders.Read(Headers(("X-Remote-User", "jane"), ("X-Remote-Uid", "forged")), Config())!.Uid);
    }

    [Fact]
    public void Read_RelayedUser_IsTheSame()
    {
        var user = new UserIdentity
        {
            Name = "jäne,doe",
            Groups = ["a, b", "c"],
            Extra = new Dictionary<string, IReadOnlyList<string>> { ["scopes/x"] = ["1", "2"] },
        };
        using var request = new HttpRequestMessage();

        RelayedUser.Write(user, request);
        var read = RelayedUser.Read(Headers((RelayedUser.Header, string.Join(',', request.Headers.GetValues(RelayedUser.Header)))));

        Assert.Equal((user.Name, null), (read!.Name, read.Uid));
        Assert.Equal(user.Groups, read.Groups);
        Assert.Equal(user.Extra["scopes/x"], read.Extra["scopes/x"]);
        Assert.Null(RelayedUser.Read(Headers((RelayedUser.Header, "not base64"))));
        Assert.Null(RelayedUser.Read(Headers((RelayedUser.Header, "e30="))));
        Assert.Null(RelayedUser.Read(Headers()));
    }

    [Fact]
    public void Read_ConfigMapWithoutAuthorityOrNames_AllowsNobody()
    {
        Assert.Contains("requestheader-client-ca-file", Problem(("requestheader-client-ca-file", "")), StringComparison.Ordinal);
        Assert.Contains("no certificate", Problem(("requestheader-client-ca-file", "text")), StringComparison.Ordinal);
        Assert.Contains("username", Problem(("requestheader-username-headers", "[]")), StringComparison.Ordinal);
        Assert.NotEmpty(Problem(("requestheader-allowed-names", "not json")));
    }

    [Fact]
    public void IsClientOf_OnlyAValidClientOfTheAuthority()
    {
        var authority = SigningAuthority.Create(Now);
        var other = SigningAuthority.Create(Now);
        Assert.True(ServingName.TryParse("localhost", out var name));
        IReadOnlyList<X509Certificate2> trusted = [AuthorityBundle.WithoutKey(authority)];
        var client = authority.IssueClient("proxy", Now, TimeSpan.FromDays(1));

        Assert.Equal("proxy", Peer(client).CommonName);
        Assert.True(Peer(client).IsClientOf(trusted, Now));
        Assert.True(Peer(client).IsClientOf([AuthorityBundle.WithoutKey(other), .. trusted], Now));
        Assert.False(Peer(client).IsClientOf([AuthorityBundle.WithoutKey(other)], Now));
        Assert.False(Peer(client).IsClientOf([], Now));
        Assert.False(Peer(client).IsClientOf(trusted, Now.AddDays(2)));
        Assert.False(Peer(authority.Issue([name!], Now, TimeSpan.FromDays(1))).IsClientOf(trusted, Now));
        Assert.False(Peer(other.IssueClient("proxy", Now, TimeSpan.FromDays(1))).IsClientOf(trusted, Now));
    }

    [Fact]
    public void IsClientOf_IntermediateSentByTheClient_LeadsToTheAuthority()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = Authority("CN=root", rootKey).CreateSelfSigned(Now.AddHours(-1), Now.AddDays(9));
        using var middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var middle = Authority("CN=middle", middleKey)
            .Create(root, Now.AddHours(-1), Now.AddDays(8), [1])
            .CopyWithPrivateKey(middleKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var leaf = new CertificateRequest("CN=proxy", key, HashAlgorithmName.SHA256).Create(middle, Now.AddHours(-1), Now.AddDays(7), [2]);

        Assert.False(new PeerCertificate(leaf, []).IsClientOf([root], Now));
        Assert.True(new PeerCertificate(leaf, [middle]).IsClientOf([root], Now));
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request;
    }

    private static PeerCertificate Peer(X509Certificate2 certificate) => PeerCertificate.Of(certificate, chain: null)!;

    private static SubjectAccessReviewSpec Review(UserIdentity user) =>
        AccessReviewer.ReviewOf(user, new StreamRoute(StreamsApi.Resources[0], new NamespacedName("ns", "work"))).Spec;

    private static string Problem(params (string Key, string Value)[] changes) => RequestHeaderConfig.Read(Map(changes)).Problem!;

    private static RequestHeaderConfig Config(params (string Key, string Value)[] changes) =>
        RequestHeaderConfig.Read(Map(changes)).Config!;

    private static ConfigMap Map((string Key, string Value)[] changes)
    {
        Dictionary<string, string> data = new()
        {
            ["requestheader-client-ca-file"] = SigningAuthority.Create(Now).Certificate.ExportCertificatePem(),
            ["requestheader-allowed-names"] = "[]",
            ["requestheader-username-headers"] = """["X-Remote-User"]""",
            ["requestheader-group-headers"] = """["X-Remote-Group"]""",
            ["requestheader-extra-headers-prefix"] = """["X-Remote-Extra-"]""",
        };
        foreach (var (key, value) in changes)
        {
            data[key] = value;
        }

        return new ConfigMap { Data = data };
    }

    private static HeaderDictionary Headers(params (string Name, StringValues Value)[] headers)
    {
        HeaderDictionary made = [];
        foreach (var (name, value) in headers)
        {
            made[name] = value;
        }

        return made;
    }
}
