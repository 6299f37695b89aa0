using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Links;

/// <summary>Tokens and authorities expire and are replaced while agents run.</summary>
public sealed class RenewalTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Authority = $"/api/v1/namespaces/{OperatorProcess.Namespace}/secrets/stromboli-ca";
    private const string Published = $"/api/v1/namespaces/{OperatorProcess.Namespace}/configmaps/stromboli-ca";

    [Fact]
    public async Task TokenAndAuthority_ExpireUnderAnAgent_AreReplaced()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Terms.Short });
        var bridge = scene.Stack.Nodes[0].Bridge;
        var run = await scene.ApplyRunAsync(CountingAgent.Document(scene, "run", CountingAgent.UntilLetGo));
        await run.RunningAsync();

        await TokenIsRenewedAsync(scene, bridge);
        await AuthorityIsFollowedAsync(scene, bridge);

        await CountingAgent.LetGoAsync(scene, run);
        await run.EndAsync();
        CountingAgent.AssertRanOnce(scene, run);
    }

    // A token in the last third of its life is renewed as soon as the link is up. The link outlives the old token.
    private static async Task TokenIsRenewedAsync(Scene scene, BridgeProcess bridge)
    {
        var now = DateTimeOffset.UtcNow;
        var ending = ConnectTokens.WithTimes(
            scene,
            await File.ReadAllTextAsync(bridge.TokenPath, Cancelled),
            now.AddSeconds(-48),
            now.AddSeconds(24)
        );
        await bridge.KillAsync();
        await bridge.WriteTokenAsync(ending);
        var connections = Connections(bridge);
        await bridge.LaunchAsync(Cancelled);
        await Poll.UntilAsync("the bridge has another token", Poll.Timeout, () => File.ReadAllText(bridge.TokenPath) != ending, Cancelled);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(bridge.TokenPath));

        await Task.Delay(now.AddSeconds(26) - DateTimeOffset.UtcNow, Cancelled);
        Assert.Equal(connections + 1, Connections(bridge));
        Assert.DoesNotContain("The token of this link has expired", scene.Stack.Operator.ReadLog(), StringComparison.Ordinal);
        // And it is good: the old one has ended by now.
        scene.Stack.Nodes[0].Link!.Reset();
        await Poll.UntilAsync("the bridge connects with it", Poll.Timeout, () => Connections(bridge) == connections + 2, Cancelled);
    }

    // An authority that expires soon is replaced at once. A bridge that does not trust the next one yet stays away, and reconnects by
    // itself when it gets the new one.
    private static async Task AuthorityIsFollowedAsync(Scene scene, BridgeProcess bridge)
    {
        var http = scene.Stack.Http;
        var data = (await http.GetAsync(Authority, Cancelled))!["data"]!;
        var (certificate, key) = ShortAuthority();
        var trusted = Encoding.ASCII.GetString(Convert.FromBase64String(data["ca.crt"]!.ToString())) + certificate + "\n";
        var patch = new JsonObject
        {
            ["data"] = new JsonObject
            {
                ["tls.crt"] = Encoded(certificate),
                ["tls.key"] = Encoded(key),
                ["ca.crt"] = Encoded(trusted),
            },
        };
        await http.MergeAsync(Authority, patch.ToJsonString(), Cancelled);

        await scene.Stack.Operator.RestartAsync(Cancelled);
        await Poll.UntilAsync(
            "the bridge does not trust it",
            Poll.Timeout,
            () => bridge.ReadLog().Contains("is not trusted", StringComparison.Ordinal),
            Cancelled
        );
        var published = (await http.GetAsync(Published, Cancelled))!["data"]!["ca.crt"]!.ToString();
        Assert.Equal(3, published.Split("BEGIN CERTIFICATE").Length - 1);
        var connections = Connections(bridge);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(bridge.TokenPath)!, "ca.crt"), published, Cancelled);
        await Poll.UntilAsync("the bridge connects again", Poll.Timeout, () => Connections(bridge) > connections, Cancelled);
    }

    private static int Connections(BridgeProcess bridge) => bridge.ReadLog().Split("Connected to the operator").Length - 1;

    private static (string Certificate, string Key) ShortAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=stromboli-ca-short", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(20));
        return (made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
