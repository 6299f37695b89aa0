using Stromboli.Cli.Output;
using Stromboli.Cli.Tests.Harness;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("run", "a prompt", "-f", "file")]
    [InlineData("run", "a prompt", "--dry-run", "perhaps")]
    [InlineData("run", "a prompt", "--env", "=x")]
    [InlineData("run", "a prompt", "--branch", "main")]
    [InlineData("run", "a prompt", "--follow", "-o", "json")]
    [InlineData("run", "a prompt", "--wait-timeout", "1m")]
    [InlineData("run", "a prompt", "--wait", "--wait-timeout", "soon")]
    [InlineData("run", "a prompt", "-o", "xml")]
    [InlineData("run", "a prompt", "--no-such-flag")]
    [InlineData("logs", "x", "-f", "--since", "1m")]
    [InlineData("logs", "x", "--format", "xml")]
    [InlineData("logs", "x", "--tail", "-1")]
    [InlineData("logs")]
    [InlineData("logs", "../secrets")]
    [InlineData("cp", "no-colon", "there")]
    [InlineData("cp", "run:../x", "there")]
    [InlineData("ls", "-w", "-o", "json")]
    [InlineData("ls", "--as-group", "g")]
    [InlineData("ls", "--request-timeout", "soon")]
    [InlineData("no-such-command")]
    public async Task Invoke_BadUsage_ExitsWith2AndOneSentence(params string[] args)
    {
        var run = await CliRun.OfAsync(args, new Uri("http://127.0.0.1:9"));

        Assert.Equal((ExitCodes.Usage, ""), (run.ExitCode, run.Out));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Trim().Split('\n').Length);
    }

    [Theory]
    [InlineData(new string[0], "kubectl stromboli COMMAND [flags]")]
    [InlineData(new[] { "--help" }, "which must come after 'kubectl stromboli'")]
    [InlineData(new[] { "run", "--help" }, "kubectl stromboli run [PROMPT] [flags]")]
    [InlineData(new[] { "session", "create", "-h" }, "kubectl stromboli session create NAME [flags]")]
    [InlineData(new[] { "session" }, "messages")]
    public async Task Invoke_Help_NamesTheProgramAsItIsCalled(string[] args, string expected)
    {
        var run = await CliRun.OfAsync(args);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains(expected, run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_NotFound_IsToldInKubectlsWords()
    {
        await using var server = await FakeApiServer.StartAsync();

        var run = await CliRun.OfAsync(["describe", "nothing"], server.Address);

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Equal("Error from server (NotFound): agentruns \"nothing\" not found\n", run.Error);
    }

    [Fact]
    public async Task Invoke_NoServer_IsOneSentence()
    {
        var run = await CliRun.OfAsync(["ls"], new Uri("http://127.0.0.1:9"));

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.StartsWith("The connection to the server was refused", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.Trim().Split('\n'));
    }

    [Fact]
    public async Task Invoke_NoKubeconfig_IsOneSentence()
    {
        var run = await CliRun.OfAsync(["ls", "--kubeconfig", "/no/such/file"]);

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.StartsWith("error: The kubeconfig '/no/such/file' cannot be read", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_GlobalFlags_ChooseNamespaceTokenAndUser()
    {
        await using var server = await FakeApiServer.StartAsync();
        string? asUser = null;
        server.Intercept = (context, _) =>
        {
            asUser = context.Request.Headers["Impersonate-User"];
            return Task.FromResult(false);
        };

        var run = await CliRun.OfAsync(["ls", "-n", "other", "--token", "mine", "--as", "jane", "--as-group=g"], server.Address);

        Assert.Equal(0, run.ExitCode);
        var request = server.Requests.Last();
        Assert.Equal("/apis/stromboli.dev/v1alpha1/namespaces/other/agentruns", request.Path);
        Assert.Equal("Bearer mine", request.Authorization);
        Assert.Equal("jane", asUser);
    }

    [Fact]
    public async Task Version_Client_AsksNoServer()
    {
        var run = await CliRun.OfAsync(["version", "--client", "--kubeconfig", "/no/such/file"]);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("Client: v", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_HostileRun_PrintsNoControlCharacters()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hostile", """{"phase":"Failed","reason":"AgentError","message":"\u001b]0;x\u0007\u001b[2J"}""");

        var list = await CliRun.OfAsync(["ls", "-o", "wide"], server.Address);
        var described = await CliRun.OfAsync(["describe", "hostile"], server.Address);
        var yaml = await CliRun.OfAsync(["ls", "-o", "yaml"], server.Address);

        Assert.All(new[] { list, described, yaml }, run => Assert.Equal(0, run.ExitCode));
        Assert.DoesNotContain(list.Out + described.Out + yaml.Out, c => c != '\n' && char.IsControl(c));
        Assert.Contains("hostile", list.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Watch_PrintsChanges()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "first", """{"phase":"Queued","queuePosition":2}""");
        using var end = new CancellationTokenSource();

        var watching = CliRun.OfAsync(["ls", "-w"], server.Address, cancellationToken: end.Token);
        await Testing.Eventually.True(() => server.OpenWatches == 1);
        RunObjects.SetStatus(server, "first", """{"phase":"Running"}""");
        await Testing.Eventually.True(() => server.Requests.Count >= 2);
        RunObjects.SetStatus(server, "first", """{"phase":"Succeeded"}""");
        server.EndWatches();
        await Testing.Eventually.True(() => server.Requests.Count >= 3);
        await end.CancelAsync();
        var run = await watching;

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Contains("Queued", run.Out, StringComparison.Ordinal);
        Assert.Contains("Succeeded", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_Runs_SetsTheField()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "going", """{"phase":"Running"}""");
        RunObjects.Add(server, "over", """{"phase":"Succeeded"}""");

        var run = await CliRun.OfAsync(["cancel", "going", "agentrun/over"], server.Address);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            "agentrun.stromboli.dev/going is being cancelled\nagentrun.stromboli.dev/over has ended already (Succeeded)\n",
            run.Out
        );
        Assert.True((bool)server.Objects.Get("apis/stromboli.dev/v1alpha1/agentruns", "team", "going")!["spec"]!["cancel"]!);
    }

    [Fact]
    public async Task Page_OfTheCli_NamesEveryCommandAndFlag()
    {
        var page = await File.ReadAllTextAsync(
            Path.Combine(RepositoryRoot(), "docs", "operations", "cli.md"),
            TestContext.Current.CancellationToken
        );
        var context = new Cli.Commands.CliContext(new Screen(TextWriter.Null, TextWriter.Null), TextReader.Null, TimeProvider.System, "x");
        var root = new Cli.Commands.CommandLine(context).Root;
        var commands = Below(root).ToList();

        Assert.DoesNotContain(
            commands.Select(command => Cli.Commands.HelpText.NameOf(command, "").Trim()),
            name => !page.Contains(name, StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            commands.Append(root).SelectMany(command => command.Options).Select(option => option.Name),
            name => !page.Contains(name, StringComparison.Ordinal)
        );

        static IEnumerable<System.CommandLine.Command> Below(System.CommandLine.Command command) =>
            command.Subcommands.SelectMany(sub => Below(sub).Prepend(sub));
    }

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Stromboli.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
