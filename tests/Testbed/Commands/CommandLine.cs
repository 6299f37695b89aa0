using System.CommandLine;
using System.Net;
using Stromboli.Testbed.Git;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Commands;

/// <summary>The commands of the testbed.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        using var progress = new Progress();
        var root = new RootCommand("Runs Stromboli on real parts: a control plane, nodes with rootless Podman, the Claude Code CLI.")
        {
            Make(
                "setup",
                "Fetches and builds what the tests need into the cache, once.",
                token => DoAsync(new SetUp(progress).RunAsync(Artefacts.ForTests, token))
            ),
            Make(
                "setup-use",
                "Fetches and builds what up and demo need into the cache, once.",
                token => DoAsync(new SetUp(progress).RunAsync(Artefacts.ForUse, token))
            ),
            Make(
                "up",
                "Starts the parts that do not run yet (NODES=1, MODEL=scripted|anthropic).",
                token => DoAsync(UpCommand.RunAsync(progress, token))
            ),
            Make("down", "Stops exactly what up started.", token => DoAsync(DownCommand.RunAsync(progress, token))),
            Make("status", "Shows what runs.", _ => Task.FromResult(StatusCommand.Run())),
            Make(
                "demo",
                "Starts everything, runs samples/hello.yaml to its end, stops everything.",
                token => DemoCommand.RunAsync(progress, token)
            ),
            Exec(),
            WithControlPlane(progress),
            ServeGit(),
        };
        try
        {
            return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is TestbedException or KubeHttpException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return 130;
        }
    }

    private static Command Exec()
    {
        var node = new Argument<string>("node") { Description = "node-1, node-2, …" };
        var words = new Argument<string[]>("command")
        {
            Description = "The command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("exec", "Runs a command in a node as its user: exec node-1 -- podman ps") { node, words };
        command.SetAction((parsed, token) => ExecCommand.RunAsync(parsed.GetRequiredValue(node), parsed.GetRequiredValue(words), token));
        return command;
    }

    private static Command WithControlPlane(Progress progress)
    {
        var words = new Argument<string[]>("command")
        {
            Description = "The command and its arguments, after --.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("control-plane", "Runs a command with a control plane of its own (KUBECONFIG): control-plane -- bash")
        {
            words,
        };
        command.SetAction((parsed, token) => ControlPlaneCommand.RunAsync(parsed.GetRequiredValue(words), progress, token));
        return command;
    }

    private static Command ServeGit()
    {
        var listen = new Argument<string>("listen");
        var root = new Argument<string>("root");
        var certificate = new Argument<string>("certificate");
        var key = new Argument<string>("key");
        var log = new Argument<string>("log");
        // A stack starts this command as a process of its own.
        var command = new Command("git-server", "Serves repositories over TLS.") { listen, root, certificate, key, log };
        command.Hidden = true;
        command.SetAction(
            (parsed, token) =>
                DoAsync(
                    GitServer.RunAsync(
                        IPEndPoint.Parse(parsed.GetRequiredValue(listen)),
                        parsed.GetRequiredValue(root),
                        parsed.GetRequiredValue(certificate),
                        parsed.GetRequiredValue(key),
                        parsed.GetRequiredValue(log),
                        token
                    )
                )
        );
        return command;
    }

    private static Command Make(string name, string description, Func<CancellationToken, Task<int>> action)
    {
        var command = new Command(name, description);
        command.SetAction((_, token) => action(token));
        return command;
    }

    private static async Task<int> DoAsync(Task task)
    {
        await task;
        return 0;
    }
}
