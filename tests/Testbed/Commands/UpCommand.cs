using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Commands;

/// <summary><c>up</c>: starts the parts of the stack in <c>.local</c> that do not run yet.</summary>
internal static class UpCommand
{
    public static async Task RunAsync(Progress progress, CancellationToken cancellationToken)
    {
        await new SetUp(progress).RunAsync(Artefacts.ForUse, cancellationToken);
        var stack = UpSettings.Open(progress);
        if (!stack.Home.IsAlive)
        {
            DeleteOldLogs();
        }

        try
        {
            await stack.StartAsync(cancellationToken);
            await stack.Git!.Repositories.EnsureSampleAsync(cancellationToken);
        }
        finally
        {
            InvokingUser.Give(UpSettings.Folder);
        }

        progress.Tell($"all is up: export KUBECONFIG={stack.ControlPlane.KubeconfigPath}");
    }

    private static void DeleteOldLogs()
    {
        foreach (var pattern in new[] { "*.log", "*.jsonl" })
        {
            foreach (var file in Directory.EnumerateFiles(UpSettings.Folder, pattern))
            {
                File.Delete(file);
            }
        }
    }
}
