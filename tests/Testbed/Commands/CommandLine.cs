using System.CommandLine;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary>The commands of the testbed.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var progress = new Progress();
        var root = new RootCommand("Runs Stromboli on real parts: a control plane, nodes with rootless Podman, the Claude Code CLI.")
        {
            Make("setup", "Fetches and builds what the testbed needs into the cache.", token => new SetUp(progress).RunAsync(token)),
            Make("control-plane", "Starts a control plane alone.", token => ControlPlaneAsync(progress, token)),
        };
        try
        {
            return await root.Parse(arguments).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (TestbedException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static async Task ControlPlaneAsync(Progress progress, CancellationToken token)
    {
        await new SetUp(progress).RunAsync(token);
        var plane = new ControlPlane(StackHome.At(Repository.At(".local")));
        await plane.StartAsync(token);
        progress.Tell(plane.KubeconfigPath);
        if (Directory.Exists(Repository.At("config", "crd")))
            await plane.InstallCrdsAsync(Repository.At("config", "crd"), token);
        progress.Tell("done");
    }

    private static System.CommandLine.Command Make(string name, string description, Func<CancellationToken, Task> action)
    {
        var command = new System.CommandLine.Command(name, description);
        command.SetAction(async (_, token) =>
        {
            await action(token);
            return 0;
        });
        return command;
    }
}
