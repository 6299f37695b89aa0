using System.Diagnostics;
using System.Numerics;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Model;

/// <summary>
/// One run at the gateway: its socket, whether and with which credential its requests may go out, and what they used. Requests wait until
/// <see cref="Admit"/> and are refused after <see cref="Refuse"/>. Safe for concurrent use.
/// </summary>
internal sealed class ModelRun : IGatewayRun, IAsyncDisposable
{
    /// <summary>The model requests of one run that are forwarded at once; more wait their turn.</summary>
    public const int MostRequests = 16;

    /// <summary>The large request bodies of one run that are held in memory at once.</summary>
    public const int MostLargeBodies = 2;

    /// <summary>From how many tokens on a prompt is a long one, with the beta that allows it.</summary>
    private const long LongPrompt = 200_000;

    /// <summary>What a long prompt costs more, at most: twice for the input, half as much again for the output.</summary>
    private const decimal LongPromptFactor = 2;

    private readonly ModelGatewayOptions _gateway;
    private readonly ModelRunOptions _options;
    private readonly Ledger _ledger;
    private readonly RunSocket _socket;
    private readonly Action<ModelRun> _closed;
    private readonly Lock _lock = new();
    private readonly ConcurrencyLimit _turns = new(MostRequests);
    private readonly ConcurrencyLimit _largeBodies = new(MostLargeBodies);
    private readonly CancellationTokenSource _refused = new();
    private readonly TaskCompletionSource _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _refuses;
    private volatile ModelUpstream? _upstream;
    private long _unreachable;

    /// <summary>Opens a run; <see cref="ModelGateway.OpenAsync"/> calls it.</summary>
    public ModelRun(ModelGatewayOptions gateway, ModelRunOptions options, GatewayServer<ModelRun> server, Action<ModelRun> closed)
    {
        (_gateway, _options, _closed) = (gateway, options, closed);
        Over = _refused.Token;
        Rate = new TokenBucket(gateway.RequestsPerSecond, gateway.RequestBurst, gateway.Clock);
        _ledger = Ledger.Open(options.LedgerPath, gateway.Clock);
        try
        {
            _socket = server.Listen(this, options.SocketPath, options.Peers);
        }
        catch
        {
            _ledger.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Raised on the request's thread after a request changed <see cref="Totals"/> or <see cref="LastFailure"/>. Handlers must be quick.
    /// </summary>
    public event EventHandler? Changed;

    /// <inheritdoc/>
    public string Key => _options.Key;

    /// <summary>The clock.</summary>
    internal TimeProvider Clock => _gateway.Clock;

    /// <summary>The span whose children the requests are.</summary>
    internal ActivityContext Trace => _options.Trace;

    /// <summary>The run's namespace.</summary>
    public string Namespace => _options.Namespace;

    /// <summary>How often the run may ask.</summary>
    public TokenBucket Rate { get; }

    /// <summary>What its requests used so far. Complete up to each answer whose end the agent has seen.</summary>
    public LedgerTotals Totals => _ledger.Totals(_gateway.Prices(), _gateway.ServerTools());

    /// <summary>Why the last model call that was answered failed; null when it did not, or none was.</summary>
    public ModelFailure? LastFailure => Totals.LastFailure;

    /// <summary>The model that answered most; null before one did.</summary>
    public string? Model => Totals.Model;

    /// <inheritdoc/>
    public RequestCount Requests { get; } = new();

    /// <summary>Cancelled when the run is refused: what is under way is cut.</summary>
    public CancellationToken Over { get; }

    /// <summary>
    /// Lets requests out with a credential. A second call replaces the credential; after <see cref="Refuse"/> it changes nothing.
    /// </summary>
    /// <exception cref="FormatException">Origin or credential cannot be used.</exception>
    public void Admit(ModelCredential credential)
    {
        _upstream = ModelUpstream.Of(credential);
        _decided.TrySetResult();
    }

    /// <summary>Refuses all further requests and cuts those in progress without waiting for their usage. This cannot be undone.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            if (_refuses)
            {
                return;
            }

            _refuses = true;
        }

        _refused.Cancel();
        _decided.TrySetResult();
    }

    /// <summary>
    /// Waits until no request is under way, so that <see cref="Totals"/> no longer change. Call <see cref="Refuse"/> first.
    /// </summary>
    public Task IdleAsync(CancellationToken cancellationToken) => Requests.Idle.WaitAsync(cancellationToken);

    /// <summary>Refuses, waits for what is under way, closes the socket and the ledger.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Requests.Close())
        {
            return;
        }

        Refuse();
        await _socket.DisposeAsync();
        await IdleAsync(CancellationToken.None);
        _ledger.Dispose();
        _turns.Dispose();
        _largeBodies.Dispose();
        _refused.Dispose();
        _closed(this);
    }

    /// <summary>Whether a request may go out now; waits for the decision, up to the gateway's bound.</summary>
    internal async Task<Admission> AdmissionAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _decided.Task.WaitAsync(_gateway.AdmissionWait, _gateway.Clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Without a decision the run is not admitted, which Current() says.
        }

        return Current();
    }

    /// <summary>Whether a request may go out at this moment.</summary>
    internal Admission Current()
    {
        if (Over.IsCancellationRequested)
        {
            return Admission.Never("the run is over");
        }

        if (!_gateway.LeaseHolds())
        {
            return Admission.Later("the node's lease is over");
        }

        return _upstream is { } upstream ? Admission.To(upstream) : Admission.Later("the run is not confirmed yet");
    }

    /// <summary>Waits until fewer than <see cref="MostRequests"/> are under way.</summary>
    internal Task<IDisposable> TurnAsync(CancellationToken cancellationToken) => _turns.EnterAsync(cancellationToken);

    /// <summary>Waits until fewer than <see cref="MostLargeBodies"/> are held in memory.</summary>
    internal Task<IDisposable> LargeBodyAsync(CancellationToken cancellationToken) => _largeBodies.EnterAsync(cancellationToken);

    /// <summary>
    /// Records a request. With a budget it waits until the request fits, and returns null if nothing is left. Dispose the call when its
    /// answer is over.
    /// </summary>
    /// <exception cref="IOException">The ledger cannot be written: the request may not go out.</exception>
    internal async Task<ModelCall?> BeginAsync(MessageRequest request, long bytes, CancellationToken cancellationToken)
    {
        if (_options.Budget is not { } budget)
        {
            return new ModelCall(this, _ledger, request, _ledger.Begin(request.Model, request.MaxTokens, bytes));
        }

        var worst = WorstCase(request, bytes, budget);
        while (true)
        {
            switch (_ledger.TryBegin(request.Model, request.MaxTokens, bytes, worst, budget, out var id, out var changed))
            {
                case BudgetAnswer.Granted:
                    return new ModelCall(this, _ledger, request, id);
                case BudgetAnswer.UsedUp:
                    _options.BudgetExceeded?.Invoke();
                    return null;
                default:
                    await changed.WaitAsync(cancellationToken);
                    break;
            }
        }
    }

    /// <summary>Why a request cannot be held to the budget; null if it can be, or there is none.</summary>
    internal string? UnboundedBy(MessageRequest request)
    {
        if (_options.Budget is not { } budget)
        {
            return null;
        }

        if (request.MaxTokens == 0)
        {
            return "max_tokens: required, because the run has a budget";
        }

        if (budget.CostUSD is null)
        {
            return null;
        }

        if (request.Surcharge is { } member)
        {
            return $"{member}: the run has a cap of cost (budget.maxCostUSD), and the operator's prices do not include it";
        }

        var prices = Prices;
        if (PriceTable.Find(prices.Models, request.Model) is null)
        {
            return $"model: the run has a cap of cost (budget.maxCostUSD), and the operator has no price for {request.Model}";
        }

        return request.ServerTools.Keys.FirstOrDefault(tool => prices.Uses(tool, 1) is null) is { } unpriced
            ? $"tools: the run has a cap of cost (budget.maxCostUSD), and the operator has no price for {unpriced}"
            : null;
    }

    /// <summary>
    /// Counts a request that did not reach the model. Returns whether to log it: the agent chooses how often it asks, so the log grows with
    /// the logarithm of the count.
    /// </summary>
    internal bool NoteUnreachable(out long count) => BitOperations.IsPow2(count = Interlocked.Increment(ref _unreachable));

    /// <summary>Records a request that was refused for a reason that may explain how the run ends.</summary>
    /// <exception cref="IOException">The ledger cannot be written.</exception>
    internal void NoteRefusal(ModelFailure failure)
    {
        _ledger.Refused(failure);
        OnChanged();
    }

    /// <summary>What the run may ask of the model now. The operator's configuration may have changed since the last request.</summary>
    internal RequestRules Rules() => new(_gateway.ServerTools().Select(tool => tool.Name), _options.Betas);

    /// <summary>US dollars; null when a model or a tool that was used has no price.</summary>
    internal decimal? CostOf(string model, AnswerFacts facts, MessageRequest request)
    {
        var prices = Prices;
        var sum = prices.Cost(model, facts.Usage ?? TokenUsage.Zero);
        foreach (var (other, usage) in facts.OtherModels ?? new Dictionary<string, TokenUsage>())
        {
            sum += prices.Cost(other, usage);
        }

        return
            request.IsLongContext
            && facts.Usage is { } used
            && used.Input + used.CacheRead + used.CacheWrite + used.CacheWriteHour > LongPrompt
            ? sum * LongPromptFactor
            : sum;
    }

    /// <summary>The name of a model in metrics.</summary>
    internal string LabelOf(string model) => ModelPrices.LabelOf(_gateway.Prices(), model);

    /// <summary>Something about the run's requests has changed.</summary>
    internal void OnChanged() => Changed?.Invoke(this, EventArgs.Empty);

    private PriceTable Prices => new(_gateway.Prices(), _gateway.ServerTools());

    private Reservation WorstCase(MessageRequest request, long bytes, AttemptBudget budget)
    {
        var prices = Prices;
        var price = budget.CostUSD is null ? null : PriceTable.Find(prices.Models, request.Model);
        var worst = Reservation.WorstCase(request.MaxTokens, bytes, price, request.ExtraInput);
        if (price is null)
        {
            return worst;
        }

        var factor = request.IsLongContext && bytes + request.ExtraInput > LongPrompt ? LongPromptFactor : 1;
        return worst with { CostUSD = (worst.CostUSD * factor) + request.ServerTools.Sum(tool => prices.Uses(tool.Key, tool.Value) ?? 0) };
    }
}
