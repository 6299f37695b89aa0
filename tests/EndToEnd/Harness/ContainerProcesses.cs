using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Harness;

/// <summary>The processes of one container as this machine sees them: all in its process-id namespace, and its monitor.</summary>
public sealed class ContainerProcesses : IDisposable
{
    // Held open, so that the kernel does not give the namespace's number to the next container.
    private readonly SafeFileHandle _hold;
    private readonly string _container;
    private readonly string _space;

    internal ContainerProcesses(string container, int first)
    {
        _container = container;
        FirstPid = first;
        _hold = File.OpenHandle($"/proc/{first}/ns/pid", share: FileShare.ReadWrite);
        _space = LinkOf($"/proc/{first}/ns/pid") ?? throw new TestbedException($"The container {container} has no process {first}.");
    }

    /// <summary>The container's PID 1 (the shim), as this machine numbers it.</summary>
    public int FirstPid { get; }

    /// <summary>Those that live, with their command lines. Zombies count: somebody should have reaped them.</summary>
    public IReadOnlyDictionary<int, string> Alive() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(folder =>
                int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0
            )
            .Where(pid => pid > 0)
            .Select(pid => (Pid: pid, Command: CommandOf(pid)))
            .Where(process =>
                LinkOf($"/proc/{process.Pid}/ns/pid") == _space || process.Command.Contains(_container, StringComparison.Ordinal)
            )
            .ToDictionary(process => process.Pid, process => process.Command);

    /// <summary>Waits until none lives.</summary>
    /// <exception cref="TestbedException">Some do past the deadline; they are in the message.</exception>
    public async Task GoneAsync(TimeSpan within)
    {
        try
        {
            await Poll.UntilAsync("the container's processes are gone", within, () => Alive().Count == 0);
        }
        catch (TestbedException e)
        {
            throw new TestbedException(
                $"{e.Message} There are:\n{string.Join('\n', Alive().Select(process => $"{process.Key} {process.Value}"))}",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _hold.Dispose();

    private static string CommandOf(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Replace('\0', ' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
