namespace Stromboli.Gateway.Accounting;

/// <summary>The sums of the requests that are over, so that a run with many requests needs no more memory than one with few.</summary>
internal sealed class LedgerSums
{
    /// <summary>
    /// How many models are counted separately. The agent chooses the names if an upstream does not check them. All further models count as
    /// one that has no price.
    /// </summary>
    public const int MostModels = 64;

    private const string FurtherModels = "(further models)";

    private readonly Dictionary<string, TokenUsage> _models = [];
    private int _requests;
    private int _unsettled;

    /// <summary>Why the last answered call failed; null if it did not.</summary>
    public ModelFailure? LastFailure { get; set; }

    /// <summary>What the requests that are over count against a budget.</summary>
    public Reservation Charged { get; private set; }

    /// <summary>Continues from a snapshot.</summary>
    public static LedgerSums Of(LedgerSnapshot snapshot)
    {
        var sums = new LedgerSums
        {
            _requests = snapshot.Requests,
            _unsettled = snapshot.Unsettled,
            Charged = snapshot.Charged,
            LastFailure = snapshot.LastFailure,
        };
        foreach (var (model, usage) in snapshot.Models)
        {
            Add(sums._models, model, usage);
        }

        return sums;
    }

    /// <summary>The sums as a snapshot.</summary>
    public LedgerSnapshot Snapshot(long lastID, long openMs) =>
        new()
        {
            Requests = _requests,
            Unsettled = _unsettled,
            Charged = Charged,
            Models = _models,
            LastFailure = LastFailure,
            LastID = lastID,
            OpenMs = openMs,
        };

    /// <summary>Adds a request that is over.</summary>
    public void Add(LedgerEntry entry)
    {
        _requests++;
        _unsettled += entry.Settled ? 0 : 1;
        Charged += entry.Charge;
        Add(_models, entry);
    }

    /// <summary>The sums including open requests, at the given prices.</summary>
    public LedgerTotals Totals(IReadOnlyCollection<LedgerEntry> open, PriceTable prices, long openMs)
    {
        var models = new Dictionary<string, TokenUsage>(_models);
        foreach (var entry in open)
        {
            Add(models, entry);
        }

        return new LedgerTotals
        {
            Tokens = models.Values.Aggregate(TokenUsage.Zero, (sum, usage) => sum + usage),
            ByModel = models,
            CostUSD = Cost(models, prices),
            Requests = _requests + open.Count,
            Unsettled = _unsettled + open.Count(entry => !entry.Settled),
            Charged = open.Aggregate(Charged, (sum, entry) => sum + entry.Charge),
            ApiDurationMs = openMs,
            LastFailure = LastFailure,
            Model = models.Count == 0 ? null : models.MaxBy(pair => pair.Value.Output).Key,
        };
    }

    private static void Add(Dictionary<string, TokenUsage> models, LedgerEntry entry)
    {
        if (entry.Usage is { } own)
        {
            Add(models, entry.Model, own);
        }

        foreach (var (model, usage) in entry.OtherModels ?? new Dictionary<string, TokenUsage>())
        {
            Add(models, model, usage);
        }
    }

    private static void Add(Dictionary<string, TokenUsage> models, string model, TokenUsage usage)
    {
        if (usage == TokenUsage.Zero)
        {
            return;
        }

        var name = models.ContainsKey(model) || models.Count < MostModels ? model : FurtherModels;
        models[name] = models.GetValueOrDefault(name, TokenUsage.Zero) + usage;
    }

    private static decimal? Cost(Dictionary<string, TokenUsage> models, PriceTable prices)
    {
        decimal sum = 0;
        foreach (var (model, usage) in models)
        {
            if (prices.Cost(model, usage) is not { } cost)
            {
                return null;
            }

            sum += cost;
        }

        return sum;
    }
}
