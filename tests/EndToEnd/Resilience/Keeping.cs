using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>Restarts a process that has ended, as a kubelet or systemd does.</summary>
internal static class Keeping
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Keeps the process running until the task is over.</summary>
    public static async Task WhileAsync(this ServiceProcess process, Task task)
    {
        while (!task.IsCompleted)
        {
            await process.LaunchAsync();
            await Task.WhenAny(task, Task.Delay(Interval));
        }

        await task;
    }
}
