using System.Buffers;
using System.Globalization;
using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Writes a log in one format, piece by piece, with bounded memory. The output depends on the bytes of the log only: every reader gets the
/// same, at any time and in pieces of any size.
/// </summary>
/// <param name="since">Leaves out what was written before; null for nothing.</param>
internal abstract class LogRenderer(DateTimeOffset? since) : IShimLogConsumer, IDisposable
{
    private readonly ArrayBufferWriter<byte> _output = new();
    private bool _isOpen = since is null;

    /// <summary>Whether the shim's last record was read. Nothing of the log counts after it.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The output since the last <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<byte> Rendered => _isOpen ? _output.WrittenMemory : ReadOnlyMemory<byte>.Empty;

    /// <summary>Where the format writes.</summary>
    protected IBufferWriter<byte> Output => _output;

    /// <summary>Forgets the output so far.</summary>
    public void Clear() => _output.ResetWrittenCount();

    /// <summary>The log ends here: writes what waited for the end of its line.</summary>
    public abstract void Finish();

    /// <inheritdoc/>
    public void Time(ReadOnlySpan<byte> written)
    {
        if (!_isOpen && At(written) >= since)
        {
            Clear();
            _isOpen = true;
        }

        Begin(written);
    }

    /// <inheritdoc/>
    public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine) => Take(LogStream.Stdout, piece, endOfLine);

    /// <inheritdoc/>
    public void Stderr(ReadOnlySpan<byte> piece, bool endOfLine, DateTimeOffset at) => Take(LogStream.Stderr, piece, endOfLine);

    /// <inheritdoc/>
    public void Hook(ReadOnlySpan<byte> piece, bool endOfLine) => Take(LogStream.Hooks, piece, endOfLine);

    /// <inheritdoc/>
    public void Record(ShimRecord record, DateTimeOffset at)
    {
        if (IsComplete)
        {
            return;
        }

        if (record is { T: "truncated", Stream: { } cut } && StreamOf(cut) is { } stream)
        {
            Cut(stream);
        }
        else if (record.T is "hookStarted" or "hookEnded")
        {
            Cut(LogStream.Hooks);
        }

        IsComplete = record.T is "exited" or "failed";
        if (IsComplete)
        {
            // What was left without an end comes before the last record.
            CutAll();
        }

        Record(record);
    }

    /// <inheritdoc/>
    public void BadRecord()
    {
        // The bridge counts them when it reads the attempt's end.
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the renderer holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        // Nothing here.
    }

    /// <summary>A line of the shim's begins, with its time as conmon wrote it.</summary>
    protected virtual void Begin(ReadOnlySpan<byte> time)
    {
        // Only some formats show times.
    }

    /// <summary>A piece of a line of a stream.</summary>
    protected abstract void Append(LogStream stream, ReadOnlySpan<byte> piece, bool endOfLine);

    /// <summary>The line that has begun in a stream has no end.</summary>
    protected abstract void Cut(LogStream stream);

    /// <summary>A record of the shim.</summary>
    protected abstract void Record(ShimRecord record);

    /// <summary>The lines that have begun have no end.</summary>
    protected void CutAll()
    {
        Cut(LogStream.Stdout);
        Cut(LogStream.Stderr);
        Cut(LogStream.Hooks);
    }

    private void Take(LogStream stream, ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (!IsComplete)
        {
            Append(stream, piece, endOfLine);
        }
    }

    private static LogStream? StreamOf(string name) =>
        name switch
        {
            "stdout" => LogStream.Stdout,
            "stderr" => LogStream.Stderr,
            "hooks" => LogStream.Hooks,
            _ => null,
        };

    // A time that cannot be read leaves nothing out.
    private static DateTimeOffset At(ReadOnlySpan<byte> written) =>
        DateTimeOffset.TryParse(Encoding.ASCII.GetString(written), CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? at
            : DateTimeOffset.MaxValue;
}
