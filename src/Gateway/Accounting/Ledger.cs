using System.Buffers;
using System.Text.Json;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Accounting;

/// <summary>
/// Records what a run's requests use in a file of JSON lines. The kernel has a line before the request leaves and before the agent sees the
/// end of its answer, so that a killed process loses nothing. The lines reach the disk at the latest when the ledger is closed; a machine
/// that loses power loses its runs as well. After <see cref="CompactAfter"/> bytes the file is replaced by one with the sums of all
/// finished requests, so that it stays below <see cref="MostBytes"/> whatever the agent does. Safe for concurrent use.
/// </summary>
internal sealed class Ledger : IDisposable
{
    /// <summary>The number of bytes after which the file is replaced by its sums.</summary>
    public const int CompactAfter = 256 * 1024;

    /// <summary>
    /// The file is always smaller: its sums, the lines of open requests and <see cref="CompactAfter"/> more bytes add up to less.
    /// </summary>
    public const int MostBytes = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly LedgerSums _over;
    private readonly Dictionary<long, LedgerEntry> _open = [];
    private FileStream _file;
    private long _last;
    private long _openMs;
    private long _openSince;
    private long _compactAt;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Ledger(string path, FileStream file, TimeProvider clock)
    {
        (_path, _file, _clock) = (path, file, clock);
        var loaded = LedgerFile.Load(file);
        (_over, _last, _openMs) = (loaded.Sums, loaded.LastID, loaded.OpenMs);
        _compactAt = CompactAfter;
    }

    /// <summary>Opens or creates a ledger. Drops a last line that a kill left incomplete.</summary>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public static Ledger Open(string path, TimeProvider clock)
    {
        var file = Create(path, FileMode.OpenOrCreate);
        try
        {
            return new Ledger(path, file, clock);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Records a request. Call this before forwarding it.</summary>
    public long Begin(string model, long maxOutput, long inputBytes)
    {
        lock (_lock)
        {
            return Put(model, maxOutput, inputBytes, default);
        }
    }

    /// <summary>
    /// Records a request if the budget allows it: while its worst case fits beside those of the open requests, or if no request is open and
    /// something is left. So one answer at most exceeds the cap.
    /// </summary>
    /// <param name="model">The model asked for.</param>
    /// <param name="maxOutput">The most output tokens.</param>
    /// <param name="inputBytes">Bytes of the body.</param>
    /// <param name="worst">The most that the request can use.</param>
    /// <param name="budget">The caps.</param>
    /// <param name="id">The request's number, if granted.</param>
    /// <param name="changed">Completes when the result may be different, if it is <see cref="BudgetAnswer.Later"/>.</param>
    public BudgetAnswer TryBegin(
        string model,
        long maxOutput,
        long inputBytes,
        Reservation worst,
        AttemptBudget budget,
        out long id,
        out Task changed
    )
    {
        lock (_lock)
        {
            (id, changed) = (0, _ended.Task);
            if (_over.Charged.Reaches(budget))
            {
                return BudgetAnswer.UsedUp;
            }

            var open = _open.Values.Aggregate(default(Reservation), (sum, entry) => sum + entry.Charge);
            if (_open.Count > 0 && (_over.Charged + open + worst).Passes(budget))
            {
                return BudgetAnswer.Later;
            }

            id = Put(model, maxOutput, inputBytes, worst);
            return BudgetAnswer.Granted;
        }
    }

    /// <summary>Records what is known of an open request's usage. The file has it when this method returns.</summary>
    /// <param name="id">The request.</param>
    /// <param name="model">The model that answered.</param>
    /// <param name="usage">What is known.</param>
    /// <param name="settled">Whether that is the final usage.</param>
    /// <param name="costUSD">What it costs; null when the model has no price.</param>
    /// <param name="others">What other models used for the same answer.</param>
    public void Note(
        long id,
        string model,
        TokenUsage usage,
        bool settled,
        decimal? costUSD = null,
        IReadOnlyDictionary<string, TokenUsage>? others = null
    )
    {
        lock (_lock)
        {
            if (!_open[id].Settled)
            {
                Write(
                    _open[id] with
                    {
                        Model = model,
                        Usage = usage,
                        OtherModels = others,
                        Settled = settled,
                        CostUSD = costUSD,
                        OpenMs = OpenMs(),
                    }
                );
            }
        }
    }

    /// <summary>Records how an open request was answered.</summary>
    public void Answered(long id, ModelFailure? failure)
    {
        lock (_lock)
        {
            Write(_open[id] with { Answered = true, Failure = failure });
            _over.LastFailure = failure;
        }
    }

    /// <summary>
    /// Records that the gateway refuses requests, for a reason that may explain how the run ends. Only a change of the reason is written,
    /// because the agent chooses how often it asks.
    /// </summary>
    public void Refused(ModelFailure failure)
    {
        lock (_lock)
        {
            var isNews = _over.LastFailure?.Reason != failure.Reason;
            _over.LastFailure = failure;
            if (isNews)
            {
                Append(JsonSerializer.SerializeToUtf8Bytes(new LedgerLine { Refusal = failure }, LedgerJson.Default.LedgerLine));
            }
        }
    }

    /// <summary>Ends a request, whatever is known of its usage. Call this once for each <see cref="Begin"/>.</summary>
    public void End(long id)
    {
        lock (_lock)
        {
            _openMs = OpenMs();
            _openSince = _clock.GetTimestamp();
            Write(_open[id] with { OpenMs = _openMs, Over = true });
            _over.Add(_open[id]);
            _open.Remove(id);
            _ended.SetResult();
            _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The sums at the given prices.</summary>
    public LedgerTotals Totals(IReadOnlyList<ModelPrice> prices, IReadOnlyList<ServerTool>? serverTools = null)
    {
        lock (_lock)
        {
            return _over.Totals(_open.Values, new PriceTable(prices, serverTools ?? []), OpenMs());
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_file.CanWrite)
            {
                _file.Flush(flushToDisk: true);
            }

            _file.Dispose();
        }
    }

    private long Put(string model, long maxOutput, long inputBytes, Reservation worst)
    {
        if (_open.Count == 0)
        {
            _openSince = _clock.GetTimestamp();
        }

        var entry = new LedgerEntry
        {
            ID = ++_last,
            Model = model,
            MaxOutput = maxOutput,
            InputBytes = inputBytes,
            ReservedTokens = worst.Tokens,
            ReservedUSD = worst.CostUSD,
            OpenMs = OpenMs(),
        };
        Write(entry);
        return entry.ID;
    }

    private long OpenMs() => _openMs + (_open.Count > 0 ? (long)_clock.GetElapsedTime(_openSince).TotalMilliseconds : 0);

    private void Write(LedgerEntry entry)
    {
        _open[entry.ID] = entry;
        Append(JsonSerializer.SerializeToUtf8Bytes(entry, LedgerJson.Default.LedgerEntry));
    }

    private void Append(byte[] line)
    {
        _file.Write([.. line, (byte)'\n']);
        if (_file.Length > _compactAt)
        {
            Compact();
        }
    }

    // The new file is complete and on the disk before it takes the old one's name, so that a kill or a power cut leaves one of the two.
    private void Compact()
    {
        var written = _path + ".new";
        var file = Create(written, FileMode.Create);
        try
        {
            file.Write(Lines());
            file.Flush(flushToDisk: true);
            File.Move(written, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The old file stays valid, and a full disk is temporary.
            file.Dispose();
            _compactAt = _file.Length + CompactAfter;
            return;
        }

        _file.Dispose();
        _file = file;
        _compactAt = file.Length + CompactAfter;
    }

    private byte[] Lines()
    {
        var lines = new ArrayBufferWriter<byte>();
        lines.Write(
            JsonSerializer.SerializeToUtf8Bytes(
                new LedgerLine { Snapshot = _over.Snapshot(_last, OpenMs()) },
                LedgerJson.Default.LedgerLine
            )
        );
        lines.Write("\n"u8);
        foreach (var entry in _open.Values)
        {
            lines.Write(JsonSerializer.SerializeToUtf8Bytes(entry, LedgerJson.Default.LedgerEntry));
            lines.Write("\n"u8);
        }

        return lines.WrittenSpan.ToArray();
    }

    private static FileStream Create(string path, FileMode mode) =>
        new(
            path,
            new FileStreamOptions
            {
                Mode = mode,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Read,
                BufferSize = 0,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }
        );
}

/// <summary>A budget's decision about a request.</summary>
internal enum BudgetAnswer
{
    /// <summary>The request may go out, and is recorded.</summary>
    Granted,

    /// <summary>The request might exceed the cap. Ask again when an open request has ended.</summary>
    Later,

    /// <summary>Nothing of the budget is left.</summary>
    UsedUp,
}
