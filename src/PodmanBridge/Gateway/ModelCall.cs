namespace Stromboli.PodmanBridge.Gateway;

/// <summary>One model request on a run's ledger, from before it is forwarded until its answer is over.</summary>
internal sealed class ModelCall : IDisposable
{
    private readonly GatewayRun _run;
    private readonly Ledger _ledger;
    private readonly string _asked;
    private readonly long _id;
    private AnswerFacts _noted = AnswerFacts.None;

    public ModelCall(GatewayRun run, Ledger ledger, MessageRequest request, long bytes)
    {
        (_run, _ledger, _asked) = (run, ledger, request.Model);
        _id = ledger.Begin(request.Model, request.MaxTokens, bytes);
    }

    /// <summary>Notes what the answer has said so far. The ledger has it when this returns, and only then may the agent see the bytes that said it.</summary>
    public void Note(AnswerFacts facts)
    {
        _noted = facts;
        if (facts.Usage is { } usage)
            _ledger.Note(_id, facts.Model ?? _asked, usage, facts.Complete);
        if (facts.ErrorType is { } type)
            _run.Note(ModelFailure.Of(200, type));
        else if (facts.Complete)
            _run.Note(null);
    }

    /// <summary>The model took nothing for this request: it was not reached, or refused it.</summary>
    public void NothingUsed() => _ledger.Note(_id, _asked, TokenUsage.Zero, settled: true);

    /// <summary>The call failed.</summary>
    public void Failed(ModelFailure? failure)
    {
        if (failure is not null && !_noted.Complete)
            _run.Note(failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ledger.End(_id);
        if (!_noted.Complete)
            _run.Note(_run.LastFailure);
    }
}
