using System.Buffers.Binary;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Files;

/// <summary>
/// Reads files and directories below one directory that an agent can write, through the program <c>stromboli-reader</c>: the files belong
/// to subordinate ids, and a multi-threaded process such as the bridge cannot enter their user namespace. One caller at a time.
/// </summary>
internal sealed class FileTree : IAsyncDisposable
{
    /// <summary>The most entries of one <see cref="ListAsync"/>.</summary>
    public const int MostEntries = 1000;

    private const int HeadLength = 19;
    private const int Chunk = 1 << 20;

    // Listing has a deadline of its own in the program, which is shorter.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly Stream _requests;
    private readonly BufferedStream _answers;
    private readonly TimeProvider _clock;

    private FileTree(Process process, TimeProvider clock)
    {
        _process = process;
        _requests = process.StandardInput.BaseStream;
        _answers = new BufferedStream(process.StandardOutput.BaseStream, 64 * 1024);
        _clock = clock;
    }

    /// <summary>Starts the program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="pid">A process in the user namespace that owns the files; null to read them with the bridge's own rights.</param>
    /// <param name="root">The directory.</param>
    /// <param name="identity">Which directory it must be; null if its path cannot lead elsewhere.</param>
    /// <param name="clock">The clock.</param>
    /// <exception cref="FileTreeException">It does not start.</exception>
    public static FileTree Start(string program, int? pid, string root, FileIdentity? identity, TimeProvider clock)
    {
        string[] arguments = [Text(pid ?? 0), root, .. identity is { } known ? [Text(known.Dev), Text(known.Ino)] : Array.Empty<string>()];
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        try
        {
            return new FileTree(Process.Start(start)!, clock);
        }
        catch (Win32Exception e)
        {
            throw new FileTreeException(FileProblem.Failed, detail: e.Message);
        }
    }

    /// <summary>Opens what is at a path, in place of what was opened before.</summary>
    /// <param name="path">The path below the directory, in bytes; empty for the directory itself.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="FileTreeException">It is neither a regular file with one name nor a directory, or cannot be opened.</exception>
    public Task<FileFacts> OpenAsync(ReadOnlyMemory<byte> path, CancellationToken cancellationToken) =>
        AskAsync(
            'o',
            0,
            0,
            path,
            async token =>
            {
                var problem = (FileProblem)await ByteAsync(token);
                if (problem is not (FileProblem.None or FileProblem.Special or FileProblem.HardLink))
                {
                    throw new FileTreeException(problem);
                }

                var facts = await FactsAsync(token);
                return problem == FileProblem.None ? facts : throw new FileTreeException(problem, facts);
            },
            cancellationToken
        );

    /// <summary>Reads from the open file.</summary>
    /// <returns>How many bytes were read; fewer than the buffer has only at the end of the file.</returns>
    /// <exception cref="FileTreeException">It cannot be read.</exception>
    public async Task<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var done = 0;
        while (done < buffer.Length)
        {
            var part = buffer[done..][..Math.Min(Chunk, buffer.Length - done)];
            var read = await AskAsync('r', offset + done, part.Length, default, token => ReadAnswerAsync(part, token), cancellationToken);
            done += read;
            if (read < part.Length)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Lists entries of the open directory, in the order of their names' bytes.</summary>
    /// <param name="offset">The number of the first entry.</param>
    /// <param name="count">How many, at most <see cref="MostEntries"/>.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <exception cref="FileTreeException">It cannot be listed.</exception>
    public Task<FilePage> ListAsync(long offset, int count, CancellationToken cancellationToken) =>
        AskAsync(
            'l',
            offset,
            Math.Min(count, MostEntries),
            default,
            token => ListAnswerAsync(offset + Math.Min(count, MostEntries), token),
            cancellationToken
        );

    /// <summary>Ends the program.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _requests.DisposeAsync();
        await _answers.DisposeAsync();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task<T> AskAsync<T>(
        char what,
        long offset,
        long count,
        ReadOnlyMemory<byte> path,
        Func<CancellationToken, Task<T>> answerAsync,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        // A pipe's read may not end by itself.
        await using var killing = either.Token.Register(Kill);
        try
        {
            var request = new byte[HeadLength + path.Length];
            request[0] = (byte)what;
            BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(1), offset);
            BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(9), count);
            BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(17), checked((ushort)path.Length));
            path.CopyTo(request.AsMemory(HeadLength));
            await _requests.WriteAsync(request, either.Token);
            await _requests.FlushAsync(either.Token);
            return await answerAsync(either.Token);
        }
        catch (Exception e) when (e is IOException and not FileTreeException or OperationCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw timeout.IsCancellationRequested
                ? new FileTreeException(FileProblem.Late)
                : new FileTreeException(FileProblem.Failed, detail: await LastWordsAsync());
        }
    }

    private async Task<int> ReadAnswerAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var problem = (FileProblem)await ByteAsync(cancellationToken);
        var head = new byte[4];
        await _answers.ReadExactlyAsync(head, cancellationToken);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(head);
        if (length > buffer.Length)
        {
            throw new IOException("The reader answered with more than it was asked for.");
        }

        await _answers.ReadExactlyAsync(buffer[..(int)length], cancellationToken);
        return problem == FileProblem.None ? (int)length : throw new FileTreeException(problem);
    }

    private async Task<FilePage> ListAnswerAsync(long next, CancellationToken cancellationToken)
    {
        var entries = new List<FileEntry>();
        while (await ByteAsync(cancellationToken) != 0)
        {
            var facts = await FactsAsync(cancellationToken);
            var head = new byte[2];
            await _answers.ReadExactlyAsync(head, cancellationToken);
            var name = new byte[BinaryPrimitives.ReadUInt16LittleEndian(head)];
            await _answers.ReadExactlyAsync(name, cancellationToken);
            entries.Add(new FileEntry(FilePath.Spell(name), facts));
        }

        var problem = (FileProblem)await ByteAsync(cancellationToken);
        var more = await ByteAsync(cancellationToken) != 0;
        return problem == FileProblem.None ? new FilePage(entries, more ? next : null) : throw new FileTreeException(problem);
    }

    private async Task<FileFacts> FactsAsync(CancellationToken cancellationToken)
    {
        var bytes = new byte[FileFacts.EncodedLength];
        await _answers.ReadExactlyAsync(bytes, cancellationToken);
        return FileFacts.Read(bytes);
    }

    private async Task<byte> ByteAsync(CancellationToken cancellationToken)
    {
        var one = new byte[1];
        await _answers.ReadExactlyAsync(one, cancellationToken);
        return one[0];
    }

    private async Task<string?> LastWordsAsync()
    {
        using var patience = new CancellationTokenSource(LastWords, _clock);
        try
        {
            return (await _process.StandardError.ReadToEndAsync(patience.Token)).Trim();
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended.
        }
    }
}
