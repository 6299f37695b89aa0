using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Harness;

/// <summary>The processes of one container as this machine sees them: those in its PID namespace, and its monitor.</summary>
public sealed class ContainerProcesses : IDisposable
{
    // Held open, so that the kernel does not reuse the namespace's number.
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

    /// <summary>The container's PID 1 (the shim), by its pid on this machine.</summary>
    public int FirstPid { get; }

    /// <summary>The live processes with their command lines. Zombies count, since they should have been reaped.</summary>
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

    /// <summary>Those of them that run in the container. The engine's own, such as conmon, may end a little later.</summary>
    public IReadOnlyDictionary<int, string> Inside() =>
        Alive().Where(process => LinkOf($"/proc/{process.Key}/ns/pid") == _space).ToDictionary();

    /// <summary>Waits until none is alive.</summary>
    /// <exception cref="TestbedException">Some are alive at the deadline; the message lists them.</exception>
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
