using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary><c>demo</c>: starts everything, shows one run until it ends, stops everything.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private const string Run = "hello";

    /// <summary>Runs the demo.</summary>
    /// <returns>0 if the run succeeded.</returns>
    public static async Task<int> RunAsync(Progress progress, CancellationToken cancellationToken)
    {
        var sample = Repository.At("samples", "hello.yaml");
        if (!File.Exists(sample))
        {
            throw new TestbedException($"{sample} is missing.");
        }

        Prerequisites.Check();
        // A stack that was up before stays up: somebody uses it.
        var wasUp = StackHome.At(UpSettings.Folder).IsAlive;
        try
        {
            await UpCommand.RunAsync(progress, cancellationToken);
            var stack = UpSettings.Open(progress);
            return await RunAsync(stack, sample, progress, cancellationToken);
        }
        finally
        {
            if (wasUp)
            {
                progress.Tell("what was up before stays up: make down ends it");
            }
            else
            {
                await DownCommand.RunAsync(progress, CancellationToken.None);
            }
        }
    }

    // The run of an earlier demo has the same name, so it is deleted first.
    private static async Task<int> RunAsync(Stack stack, string sample, Progress progress, CancellationToken cancellationToken)
    {
        await stack.Http.DeleteAsync($"/apis/stromboli.dev/v1alpha1/namespaces/default/agentruns/{Run}", cancellationToken);
        string[] arguments =
        [
            "run",
            "-f",
            Path.GetRelativePath(Repository.Root, sample),
            "--follow",
            $"--wait-timeout={Timeout.TotalSeconds:0}s",
        ];
        progress.Tell($"kubectl stromboli {string.Join(' ', arguments)}");
        var plugin = new StromboliPlugin(stack.ControlPlane.KubeconfigPath, published: false);
        var result = await plugin.RunAsync(arguments, onLine: Console.WriteLine, cancellationToken: cancellationToken);
        Console.WriteLine();
        return result.ExitCode;
    }
}
