using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary><c>down</c>: stops exactly what <c>up</c> started and removes its state. Logs stay.</summary>
internal static class DownCommand
{
    public static async Task RunAsync(Progress progress, CancellationToken cancellationToken)
    {
        Prerequisites.Check();
        var home = StackHome.At(UpSettings.Folder);
        var count = home.Group.Processes().Count;
        await home.RemoveAsync(cancellationToken);
        progress.Tell(count == 0 ? "nothing was up" : $"ended {count} processes; the logs stay in {UpSettings.Folder}");
    }
}
