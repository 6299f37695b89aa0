using System.Text.Json;
using Stromboli.Cli.Output;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Streams;

/// <summary>Copies files of a workspace, page by page: kube-apiserver cuts every request but a log after a minute.</summary>
/// <param name="client">The client.</param>
/// <param name="plural"><c>agentruns</c> or <c>agentsessions</c>.</param>
/// <param name="owner">Whose workspace it is.</param>
/// <param name="note">Told in a sentence of what is not copied.</param>
/// <param name="clock">The clock.</param>
internal sealed class WorkspaceCopy(KubeClient client, string plural, NamespacedName owner, Action<string> note, TimeProvider clock)
{
    /// <summary>The bytes of a page.</summary>
    public const long PageBytes = 8 * 1024 * 1024;

    /// <summary>The entries of a page.</summary>
    public const int PageEntries = 500;

    // An agent can nest directories without end.
    private const int MaxDepth = 64;
    private const int MaxListingBytes = 8 * 1024 * 1024;
    private const int MaxTries = 6;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    /// <summary>How many files were copied.</summary>
    public int Files { get; private set; }

    /// <summary>How many bytes were copied.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many entries were left out.</summary>
    public int Skipped { get; private set; }

    /// <summary>Copies one file to a path, or a directory into it.</summary>
    /// <param name="source">The path in the workspace.</param>
    /// <param name="target">The path on this machine.</param>
    /// <param name="recursive">Whether a directory is copied.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <exception cref="CliException">The source is a directory, and that was not asked for.</exception>
    public async Task CopyAsync(string source, string target, bool recursive, CancellationToken cancellationToken)
    {
        if (await FirstPageAsync(source, cancellationToken) is not { } listing)
        {
            await CopyFileAsync(source, target, size: null, executable: false, cancellationToken);
            return;
        }

        if (!recursive)
        {
            throw new UsageException($"'{SafeText.Line(source.Length == 0 ? "." : source)}' is a directory: copy it with -r");
        }

        await CopyDirectoryAsync(source, target, listing, 0, cancellationToken);
    }

    /// <summary>Writes one file to a sink.</summary>
    public async Task WriteAsync(string source, IByteSink sink, CancellationToken cancellationToken)
    {
        if (await FirstPageAsync(source, cancellationToken) is not null)
        {
            throw new UsageException($"'{SafeText.Line(source)}' is a directory, which cannot be written to the standard output");
        }

        await ReadFileAsync(source, sink, size: null, cancellationToken);
    }

    // Null for a file.
    private Task<FileListing?> FirstPageAsync(string source, CancellationToken cancellationToken) =>
        ListAsync(source, 0, PageEntries, cancellationToken);

    private async Task CopyDirectoryAsync(string source, string target, FileListing? page, int depth, CancellationToken cancellationToken)
    {
        if (depth > MaxDepth)
        {
            Skip(source, "it is too deep");
            return;
        }

        LocalTree.EnsureDirectory(target);
        var offset = 0L;
        while (true)
        {
            page ??= await ListAsync(source, offset, PageEntries, cancellationToken);
            foreach (var entry in page?.Entries ?? [])
            {
                await CopyEntryAsync(source, target, entry, depth, cancellationToken);
            }

            if (StreamsJson.OffsetOf(page?.Continue) is not { } next || next <= offset)
            {
                return;
            }

            (offset, page) = (next, null);
        }
    }

    private async Task CopyEntryAsync(string source, string target, FileEntry entry, int depth, CancellationToken cancellationToken)
    {
        var path = source.Length == 0 ? entry.Name ?? "" : $"{source}/{entry.Name}";
        if (LocalTree.Refusal(entry.Name) is { } refusal)
        {
            Skip(path, refusal);
            return;
        }

        var local = LocalTree.Child(target, entry.Name);
        switch (entry.Type?.ToLowerInvariant())
        {
            case "directory" or "dir":
                await CopyDirectoryAsync(path, local, null, depth + 1, cancellationToken);
                break;
            case "file":
                await CopyFileAsync(path, local, entry.Bytes, IsExecutable(entry.Mode), cancellationToken);
                break;
            default:
                Skip(path, $"it is a {SafeText.Line(entry.Type)}");
                break;
        }
    }

    private async Task CopyFileAsync(string source, string target, long? size, bool executable, CancellationToken cancellationToken)
    {
        string? part = null;
        try
        {
            await using (var stream = LocalTree.CreatePart(target, out part))
            {
                await ReadFileAsync(source, new RawSink(stream), size, cancellationToken);
            }

            if (executable && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(
                    part,
                    File.GetUnixFileMode(part) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
                );
            }

            File.Move(part, target, overwrite: true);
            part = null;
            Files++;
        }
        finally
        {
            if (part is not null)
            {
                File.Delete(part);
            }
        }
    }

    private async Task ReadFileAsync(string source, IByteSink sink, long? size, CancellationToken cancellationToken)
    {
        var offset = 0L;
        for (var tries = 0; ; )
        {
            var before = offset;
            try
            {
                var path = StreamPaths.Files(plural, owner, source, offset, PageBytes);
                await StreamCopy.CopyAsync(client, path, sink, count => offset += count, cancellationToken);
                Bytes += offset - before;
                // A page that is not full may have been cut. The size, or one more page, tells.
                if (offset == before || (size is { } expected && offset >= expected && offset - before < PageBytes))
                {
                    return;
                }

                tries = 0;
            }
            catch (Exception e) when (StreamCopy.IsPassing(e))
            {
                Bytes += offset - before;
                tries = offset > before ? 1 : tries + 1;
                if (tries >= MaxTries)
                {
                    throw;
                }

                await Task.Delay(FirstWait * (1 << tries), clock, cancellationToken);
            }
        }
    }

    private async Task<FileListing?> ListAsync(string source, long offset, int limit, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var answer = await StreamCopy.OpenAsync(
                    client,
                    StreamPaths.Files(plural, owner, source, offset, limit),
                    cancellationToken
                );
                if (answer.MediaType != "application/json")
                {
                    return null;
                }

                return JsonSerializer.Deserialize(await ReadAllAsync(answer, cancellationToken), StreamsJson.Default.FileListing);
            }
            catch (JsonException e)
            {
                throw new CliException($"the listing of '{SafeText.Line(source)}' cannot be read: {e.Message}", inner: e);
            }
            catch (Exception e) when (StreamCopy.IsPassing(e) && tries < MaxTries)
            {
                await Task.Delay(FirstWait * (1 << tries), clock, cancellationToken);
            }
        }
    }

    private static async Task<byte[]> ReadAllAsync(RawAnswer answer, CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 * 1024];
        while (await answer.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            if (all.Length + count > MaxListingBytes)
            {
                throw new CliException($"a listing is larger than {MaxListingBytes} bytes");
            }

            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    private void Skip(string path, string why)
    {
        Skipped++;
        note($"not copied: '{SafeText.Line(path)}': {why}");
    }

    // Only whether it can be executed is taken over, never setuid.
    private static bool IsExecutable(JsonElement? mode) =>
        mode switch
        {
            { ValueKind: JsonValueKind.Number } number => (number.GetInt64() & 0b001_001_001) != 0,
            { ValueKind: JsonValueKind.String } text => IsExecutable(text.GetString()!),
            _ => false,
        };

    // Octal digits, or letters as ls prints them.
    private static bool IsExecutable(string mode) =>
        mode.Length > 0 && mode.All(c => c is >= '0' and <= '7')
            ? mode.TakeLast(3).Any(digit => ((digit - '0') & 1) != 0)
            : mode.Contains('x', StringComparison.Ordinal);
}
