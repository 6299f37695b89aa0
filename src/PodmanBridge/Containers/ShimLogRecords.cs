namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// What the shim's own records in the log of a container say: whether its program ran, and how that ended. The log is read in one pass.
/// </summary>
internal class ShimLogRecords : IShimLogConsumer, IDisposable
{
    private static readonly TimeSpan LastWordDeadline = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LastWordPause = TimeSpan.FromMilliseconds(5);

    private ShimLog? _file;

    /// <summary>Whether anything that was let go ever ran, either a hook or the program.</summary>
    public bool Began { get; private set; }

    /// <summary>Whether something ran or ended, according to this log. A shim that was not let go writes no such record.</summary>
    public bool Claims => Began || Exit is not null;

    /// <summary>The number of records that could not be read. They do not count.</summary>
    public long BadRecords { get; private set; }

    /// <summary>Whether the program's process ever ran.</summary>
    public bool Started => StartedAt is not null;

    /// <summary>When the program's process started, by the node's clock; null if it never did.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When the shim wrote its last record, by the node's clock; null if it has not.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>How the program ended, according to this log; null if it has not ended.</summary>
    public ShimExit? Exit { get; private set; }

    /// <summary>Why the program could not be started; null if it could.</summary>
    public ShimFailure? Failure { get; private set; }

    /// <summary>Whether the shim has written its last record.</summary>
    public bool Complete => Exit is not null || Failure is not null;

    /// <summary>Reads what was written since the last call. Does nothing if there is no log.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public async Task ReadOnAsync(string path, CancellationToken cancellationToken)
    {
        if (_file is null && File.Exists(path))
        {
            _file = new ShimLog(path, this);
        }

        if (_file is not null)
        {
            await _file.ReadOnAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Reads up to the shim's last record. The shim's report over the socket arrives before conmon has written the record to the log.
    /// </summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public async Task ReadToLastWordAsync(string path, TimeProvider clock, CancellationToken cancellationToken)
    {
        await ReadOnAsync(path, cancellationToken);
        for (var began = clock.GetTimestamp(); !Complete && clock.GetElapsedTime(began) <= LastWordDeadline; )
        {
            await Task.Delay(LastWordPause, clock, cancellationToken);
            await ReadOnAsync(path, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public virtual void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        // Only the shim's records matter here.
    }

    /// <inheritdoc/>
    public void BadRecord() => BadRecords++;

    /// <inheritdoc/>
    public virtual void Record(ShimRecord record, DateTimeOffset at)
    {
        switch (record.T)
        {
            case "hookStarted":
                Began = true;
                break;
            case "started":
                Began = true;
                StartedAt = at;
                break;
            case "exited":
                Exit = record.ToExit();
                EndedAt = at;
                break;
            case "failed":
                Failure = record.ToFailure();
                EndedAt = at;
                break;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the log.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file?.Dispose();
        }
    }
}
