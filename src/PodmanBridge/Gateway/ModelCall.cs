namespace Stromboli.PodmanBridge.Gateway;

/// <summary>One model request on a run's ledger, from before it is forwarded until its answer is over.</summary>
internal sealed class ModelCall : IDisposable
{
    private readonly GatewayRun _run;
    private readonly Ledger _ledger;
    private readonly string _asked;
    private readonly long _id;

    public ModelCall(GatewayRun run, Ledger ledger, string asked, long id) => (_run, _ledger, _asked, _id) = (run, ledger, asked, id);

    /// <summary>Notes what the answer has said so far. The ledger has it when this returns, and only then may the agent see the bytes that said it.</summary>
    public void Note(AnswerFacts facts)
    {
        if (facts.Usage is { } usage)
            _ledger.Note(_id, facts.Model ?? _asked, usage, facts.Complete, _run.CostOf(facts.Model ?? _asked, usage));
        if (facts.Complete)
            Answered(null);
    }

    /// <summary>The model took nothing for this request: it was not reached, or refused it.</summary>
    public void NothingUsed() => _ledger.Note(_id, _asked, TokenUsage.Zero, settled: true, costUSD: 0);

    /// <summary>The call was answered, or the way to the model failed. Not to be called when it was the agent or the bridge that gave up.</summary>
    public void Answered(ModelFailure? failure)
    {
        _ledger.Answered(_id, failure);
        _run.OnChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ledger.End(_id);
        _run.OnChanged();
    }
}
