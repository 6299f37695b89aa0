using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>The sums of requests that are over, so that a run of many requests costs no more memory than one of few.</summary>
internal sealed class LedgerSums
{
    private readonly Dictionary<string, TokenUsage> _models = [];
    private int _requests;
    private int _unsettled;

    /// <summary>Why the last call that was answered failed.</summary>
    public ModelFailure? LastFailure { get; set; }

    /// <summary>What counts against a budget of requests that are over.</summary>
    public Reservation Charged { get; private set; }

    /// <summary>Adds a request that is over.</summary>
    public void Add(LedgerEntry entry)
    {
        _requests++;
        _unsettled += entry.Settled ? 0 : 1;
        Charged += entry.Charge;
        Add(_models, entry);
    }

    /// <summary>The sums together with the requests that are still open, at the prices given.</summary>
    public LedgerTotals Totals(IReadOnlyCollection<LedgerEntry> open, IReadOnlyList<ModelPrice> prices, long openMs)
    {
        var models = new Dictionary<string, TokenUsage>(_models);
        foreach (var entry in open)
            Add(models, entry);
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
        if (entry.Usage is { } usage && usage != TokenUsage.Zero)
            models[entry.Model] = models.GetValueOrDefault(entry.Model, TokenUsage.Zero) + usage;
    }

    private static decimal? Cost(Dictionary<string, TokenUsage> models, IReadOnlyList<ModelPrice> prices)
    {
        decimal sum = 0;
        foreach (var (model, usage) in models)
        {
            if (PriceTable.Find(prices, model) is not { } price)
                return null;
            sum += PriceTable.Cost(price, usage);
        }

        return sum;
    }
}
