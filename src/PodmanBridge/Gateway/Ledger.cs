using System.Text.Json;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>
/// What a run's requests used, in a file of JSON lines that is only appended to. A line is with the kernel before the request leaves and before the
/// agent sees the end of its answer, so a killed bridge forgets nothing; it reaches the disk at the latest when the ledger is closed (a machine that
/// loses power takes its runs with it). Safe for use by several threads.
/// </summary>
internal sealed class Ledger : IDisposable
{
    private readonly Lock _lock = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly LedgerSums _over = new();
    private readonly Dictionary<long, LedgerEntry> _open = [];
    private long _last;
    private long _openMs;
    private long _openSince;
    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Ledger(FileStream file, TimeProvider time)
    {
        (_file, _time) = (file, time);
        foreach (var entry in LedgerFile.Load(file))
        {
            _over.Add(entry);
            if (entry.Answered)
                _over.LastFailure = entry.Failure;
            _last = Math.Max(_last, entry.ID);
            _openMs = Math.Max(_openMs, entry.OpenMs);
        }
    }

    /// <summary>Opens or creates a ledger; a last line that was torn by a kill is dropped.</summary>
    /// <exception cref="IOException">The file cannot be used.</exception>
    public static Ledger Open(string path, TimeProvider time)
    {
        var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        try
        {
            return new Ledger(file, time);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Puts a request on the ledger; to be called before it is forwarded.</summary>
    public long Begin(string model, long maxOutput, long inputBytes)
    {
        lock (_lock)
            return Put(model, maxOutput, inputBytes, default);
    }

    /// <summary>
    /// Puts a request on the ledger if the budget allows: while its worst case fits beside those of the others, or while no other is open and something is left. So the
    /// cap is passed by one answer at most.
    /// </summary>
    /// <param name="model">The model asked for.</param>
    /// <param name="maxOutput">The most output tokens.</param>
    /// <param name="inputBytes">Bytes of the body.</param>
    /// <param name="worst">The most that the request can use.</param>
    /// <param name="budget">The caps.</param>
    /// <param name="id">The request, if granted.</param>
    /// <param name="changed">Done when another answer may be had, if it is to be asked later.</param>
    public BudgetAnswer TryBegin(string model, long maxOutput, long inputBytes, Reservation worst, AttemptBudget budget, out long id, out Task changed)
    {
        lock (_lock)
        {
            (id, changed) = (0, _ended.Task);
            if (_over.Charged.Reaches(budget))
                return BudgetAnswer.UsedUp;
            var open = _open.Values.Aggregate(default(Reservation), (sum, entry) => sum + entry.Charge);
            if (_open.Count > 0 && (_over.Charged + open + worst).Passes(budget))
                return BudgetAnswer.Later;
            id = Put(model, maxOutput, inputBytes, worst);
            return BudgetAnswer.Granted;
        }
    }

    /// <summary>Notes what is known of an open request's usage; the file has it when this returns.</summary>
    /// <param name="id">The request.</param>
    /// <param name="model">The model that answers.</param>
    /// <param name="usage">What is known.</param>
    /// <param name="settled">Whether that is all.</param>
    /// <param name="costUSD">What it costs; null when the model has no price.</param>
    public void Note(long id, string model, TokenUsage usage, bool settled, decimal? costUSD = null)
    {
        lock (_lock)
        {
            if (!_open[id].Settled)
                Write(_open[id] with { Model = model, Usage = usage, Settled = settled, CostUSD = costUSD, OpenMs = OpenMs() });
        }
    }

    /// <summary>Notes how an open request was answered.</summary>
    public void Answered(long id, ModelFailure? failure)
    {
        lock (_lock)
        {
            Write(_open[id] with { Answered = true, Failure = failure });
            _over.LastFailure = failure;
        }
    }

    /// <summary>The request is over, whatever is known of it. To be called once for each <see cref="Begin"/>.</summary>
    public void End(long id)
    {
        lock (_lock)
        {
            _openMs = OpenMs();
            _openSince = _time.GetTimestamp();
            Write(_open[id] with { OpenMs = _openMs });
            _over.Add(_open[id]);
            _open.Remove(id);
            _ended.SetResult();
            _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The sums, at the prices given.</summary>
    public LedgerTotals Totals(IReadOnlyList<ModelPrice> prices)
    {
        lock (_lock)
            return _over.Totals(_open.Values, prices, OpenMs());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_file.CanWrite)
                _file.Flush(flushToDisk: true);
            _file.Dispose();
        }
    }

    private long Put(string model, long maxOutput, long inputBytes, Reservation worst)
    {
        if (_open.Count == 0)
            _openSince = _time.GetTimestamp();
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

    private long OpenMs() => _openMs + (_open.Count > 0 ? (long)_time.GetElapsedTime(_openSince).TotalMilliseconds : 0);

    private void Write(LedgerEntry entry)
    {
        _open[entry.ID] = entry;
        _file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, LedgerJson.Default.LedgerEntry), (byte)'\n']);
    }
}
