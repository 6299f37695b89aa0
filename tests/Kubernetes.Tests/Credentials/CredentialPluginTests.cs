using System.Text.Json.Nodes;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Credentials;

/// <summary>One run of a plugin: what it is given, and what is made of what it does.</summary>
public sealed class CredentialPluginTests : PluginTest
{
    private static readonly string Token = Print("""{"token":"t"}""");

    [Fact]
    public async Task Arguments_WithSpacesAndShellCharacters_ArriveAsTheyAre()
    {
        string[] arguments = ["two words", "$HOME", "; touch taken #", "", "*"];
        using var client = PluginClient(
            Config(Script($"printf '[%s]' \"$@\" > arguments\n{Token}"), exec => exec with { Arguments = arguments })
        );

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal("[two words][$HOME][; touch taken #][][*]", await File.ReadAllTextAsync(Path.Combine(Folder, "arguments"), End));
        Assert.Equal(["t"], Tokens);
    }

    [Fact]
    public async Task Environment_OursAndTheKubeconfigs_AndNoStandardInput()
    {
        var body = $"printf '%s %s ' \"$REGION\" \"${{PATH:+path}}\" > seen; cat >> seen; echo end >> seen\n{Token}";
        var environment = new Dictionary<string, string> { ["REGION"] = "eu north" };
        using var client = PluginClient(Config(Script(body), exec => exec with { Environment = environment }));

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal("eu north path end\n", await File.ReadAllTextAsync(Path.Combine(Folder, "seen"), End));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ExecInfo_ClusterInfo_OnlyWhereItIsAskedFor(bool provided)
    {
        using var ca = TestCertificates.Authority();
        var script = Script(
            $"printf '%s' \"$KUBERNETES_EXEC_INFO\" > info\n{Print("""{"token":"t"}""", "client.authentication.k8s.io/v1beta1")}"
        );
        var config = new KubeConfig
        {
            Server = Server.Address,
            CertificateAuthority = [ca],
            TlsServerName = "kubernetes",
            Exec = new()
            {
                Command = script,
                ApiVersion = "client.authentication.k8s.io/v1beta1",
                ProvideClusterInfo = provided,
                ClusterConfig = new JsonObject { ["audience"] = "x" },
            },
        };
        using var client = NewClient(config: config);

        await client.TryGetAsync(Widget.Type, A, End);

        var info = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Folder, "info"), End))!;
        Assert.Equal(("client.authentication.k8s.io/v1beta1", "ExecCredential"), ((string?)info["apiVersion"], (string?)info["kind"]));
        Assert.False((bool)info["spec"]!["interactive"]!);
        var cluster = info["spec"]!["cluster"];
        Assert.Equal(provided, cluster is not null);
        if (cluster is not null)
        {
            Assert.Equal(Server.Address, new Uri((string)cluster["server"]!));
            Assert.Equal(("kubernetes", "x"), ((string?)cluster["tls-server-name"], (string?)cluster["config"]!["audience"]));
            Assert.Equal(
                ca.ExportCertificatePem(),
                PemFiles.ParseAuthorities(Pem(cluster["certificate-authority-data"]!)).Single().ExportCertificatePem()
            );
        }
    }

    [Theory]
    [InlineData(
        "echo 'first line' >&2; printf 'no\\tsession: sign\\033[1m in.\\n' >&2; exit 3",
        "failed with exit code 3: no session: sign [1m in."
    )]
    [InlineData("exit 1", "failed with exit code 1.")]
    [InlineData("kill -9 $$", "failed with exit code 137.")]
    [InlineData("echo not-json-TOPSECRET", "printed no ExecCredential.")]
    [InlineData("echo '{}'", "printed no ExecCredential.")]
    [InlineData("echo '{\"kind\":\"Status\"}'", "printed no ExecCredential.")]
    [InlineData("yes TOPSECRET", "printed more than 1048576 bytes.")]
    [InlineData("yes TOPSECRET >&2", "printed more than 1048576 bytes.")]
    public async Task Plugin_ThatFails_IsOneSentenceWithoutItsOutput(string body, string expected) =>
        await FailsAsync(Script(body), expected);

    [Theory]
    [InlineData(
        """{"token":"t"}""",
        "client.authentication.k8s.io/v1beta1",
        "answered in apiVersion 'client.authentication.k8s.io/v1beta1', and the kubeconfig wants 'client.authentication.k8s.io/v1'."
    )]
    [InlineData("null", V1, "printed an ExecCredential without a status.")]
    [InlineData("{}", V1, "printed neither a token nor a client certificate.")]
    [InlineData("""{"token":""}""", V1, "printed neither a token nor a client certificate.")]
    [InlineData("""{"token":"TOPSECRET ö"}""", V1, "printed a token with a character that no token can have.")]
    [InlineData("""{"clientKeyData":"TOPSECRET"}""", V1, "printed only one of clientCertificateData and clientKeyData.")]
    [InlineData("""{"clientCertificateData":"TOPSECRET","clientKeyData":"x"}""", V1, "printed a client certificate that cannot be used: ")]
    [InlineData(
        """{"token":"TOPSECRET","expirationTimestamp":"2025-12-31T23:59:59Z"}""",
        V1,
        "printed a credential that expired at 2025-12-31 23:59:59Z."
    )]
    [InlineData("""{"token":"TOPSECRET","expirationTimestamp":"tomorrow"}""", V1, "printed no ExecCredential.")]
    public async Task Answer_ThatCannotBeUsed_IsOneSentenceWithoutIt(string status, string version, string expected) =>
        await FailsAsync(Script(Print(status, version)), expected);

    [Theory]
    [InlineData("no-such-plugin", "is not installed: PATH does not have it. Run: apt install it.")]
    [InlineData("/no/such/plugin", "is not installed: there is no such file. Run: apt install it.")]
    public async Task Plugin_NotInstalled_SaysHowToInstallIt(string command, string expected) =>
        await FailsAsync(command, expected, exec => exec with { InstallHint = "Run:\napt install it.\n" });

    [Fact]
    public async Task Plugin_NotExecutable_SaysSo()
    {
        var script = Script(Token);
        File.SetUnixFileMode(script, UnixFileMode.UserRead);

        await FailsAsync(script, "could not be started: ");
    }

    [Fact]
    public async Task Plugin_ThatHangs_IsKilledWithItsChildren()
    {
        using var client = PluginClient(Config(Script("sleep 1000 & echo $! > child; echo $$ > self; wait")));
        var request = client.GetAsync(Widget.Type, A, End);
        await Eventually.True(() => File.Exists(Path.Combine(Folder, "self")) && File.ReadAllText(Path.Combine(Folder, "self")).Length > 0);
        Clock.Advance(TimeSpan.FromSeconds(60));

        var failure = await Assert.ThrowsAsync<KubeConfigException>(() => request);

        Assert.Contains("did not finish within 60 s.", failure.Message, StringComparison.Ordinal);
        foreach (var name in new[] { "self", "child" })
        {
            var pid = (await File.ReadAllTextAsync(Path.Combine(Folder, name), End)).Trim();
            await Eventually.True(() => IsGone(pid));
        }
    }

    [Fact]
    public async Task Plugin_LeavesAChildWithItsOutput_IsNotWaitedFor()
    {
        var config = Config(Script($"sleep 8 &\n{Token}"), clock: TimeProvider.System);
        using var client = PluginClient(config);
        var started = TimeProvider.System.GetTimestamp();

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.InRange(TimeProvider.System.GetElapsedTime(started).TotalSeconds, 0, 7);
        Assert.Equal(["t"], Tokens);
    }

    private async Task FailsAsync(string command, string expected, Func<ExecConfig, ExecConfig>? change = null)
    {
        using var client = PluginClient(Config(command, change));

        var failure = await Assert.ThrowsAsync<KubeConfigException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.StartsWith($"The credential plugin '{command}' {expected}", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("TOPSECRET", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.Empty(Server.Requests);
    }

    private static string Pem(JsonNode base64) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String((string)base64!));

    // A zombie has ended too: the process that inherited it reaps it.
    private static bool IsGone(string pid) =>
        !File.Exists($"/proc/{pid}/stat") || File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].TrimStart().StartsWith('Z');
}
