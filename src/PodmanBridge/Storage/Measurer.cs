using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Measures what a run has on the disk with the program <c>stromboli-measurer</c>. The files belong to subordinate ids in directories that
/// the bridge's user may not enter, so the program enters the container's user namespace. A multi-threaded process, such as the bridge,
/// cannot do that.
/// </summary>
internal sealed class Measurer(string program, TimeProvider clock)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>Measures what a run takes of the disk.</summary>
    /// <param name="tenant">The run.</param>
    /// <param name="timeout">The time after which to stop.</param>
    /// <param name="enough">The number of bytes of one volume at which to stop; null to measure everything.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="IOException">It cannot be measured.</exception>
    public async Task<StorageUsage> MeasureAsync(StorageTenant tenant, TimeSpan timeout, long? enough, CancellationToken cancellationToken)
    {
        var measured = tenant.Volumes.Zip(await MeasureAsync(tenant.Pid, tenant.Volumes, timeout, enough, cancellationToken)).ToList();
        var workspace = measured.FirstOrDefault(pair => pair.First.MountPoint == tenant.Workspace);
        return new StorageUsage(
            workspace.Second,
            [.. measured.Where(pair => pair.First != workspace.First).Select(pair => pair.Second)],
            Length(tenant.LogPath) + Length(tenant.LedgerPath)
        );
    }

    /// <summary>Measures volumes, each by itself.</summary>
    /// <param name="pid">A process in the user namespace that owns the files.</param>
    /// <param name="volumes">The volumes.</param>
    /// <param name="timeout">The time after which to stop.</param>
    /// <param name="enough">The number of bytes of one volume at which to stop; null to measure everything.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="IOException">They cannot be measured.</exception>
    public async Task<IReadOnlyList<DirectoryUsage>> MeasureAsync(
        int pid,
        IReadOnlyList<RunVolume> volumes,
        TimeSpan timeout,
        long? enough,
        CancellationToken cancellationToken
    )
    {
        using var limit = new CancellationTokenSource(timeout + Grace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var lines = (await RunAsync(Arguments(pid, volumes, timeout, enough), either.Token)).Split(
                '\n',
                StringSplitOptions.RemoveEmptyEntries
            );
            return lines.Length == volumes.Count
                ? [.. lines.Select(Parse)]
                : throw new IOException($"{program} reported {lines.Length} volumes instead of {volumes.Count}.");
        }
        catch (Exception e)
            when (e is Win32Exception or FormatException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException($"{program}: {e.Message}", e);
        }
    }

    /// <summary>Checks that the program could measure a container of this process, without reading any file.</summary>
    /// <exception cref="IOException">It could not.</exception>
    public async Task TryAsync(int pid, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Grace, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            // Without volumes, and without time to look at processes.
            if (await RunAsync([Text(pid), "0", "0"], either.Token) is { Length: > 0 } output)
            {
                throw new IOException($"{program} was asked for nothing and printed {output.Length} characters.");
            }
        }
        catch (Exception e) when (e is Win32Exception || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException($"{program}: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Arguments(int pid, IReadOnlyList<RunVolume> volumes, TimeSpan timeout, long? enough) =>
        [
            Text(pid),
            Text((long)timeout.TotalMilliseconds),
            Text(enough ?? 0),
            .. volumes.SelectMany(volume => new[] { volume.Directory, volume.MountPoint }),
        ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    // "BYTES ENTRIES DELETED STATE".
    private static DirectoryUsage Parse(string line)
    {
        var words = line.Split(' ');
        return words.Length == 4 && Enum.TryParse<DirectoryState>(words[3], ignoreCase: true, out var state)
            ? new DirectoryUsage(Number(words[0]), Number(words[1]), Number(words[2]), state)
            : throw new FormatException($"'{line}' is not a measurement");
    }

    private static long Length(string? path) => path is not null && new FileInfo(path) is { Exists: true } file ? file.Length : 0;

    private static long Number(string word) => long.Parse(word, NumberStyles.None, CultureInfo.InvariantCulture);

    private async Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        using var process = Process.Start(start) ?? throw new IOException($"{program} did not start.");
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output : throw new IOException($"{program}: {(await error).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
