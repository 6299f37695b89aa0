using System.Diagnostics;
using Stromboli.Gateway.Accounting;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Model;

/// <summary>One model request on a run's ledger, from before it is forwarded until its answer is over.</summary>
internal sealed class ModelCall : IDisposable
{
    private readonly ModelRun _run;
    private readonly Ledger _ledger;
    private readonly MessageRequest _request;
    private readonly long _id;
    private readonly long _began;
    private readonly Activity? _span;
    private AnswerFacts _facts = AnswerFacts.None;
    private ModelFailure? _failure;
    private bool _isAnswered;

    public ModelCall(ModelRun run, Ledger ledger, MessageRequest request, long id)
    {
        (_run, _ledger, _request, _id) = (run, ledger, request, id);
        _began = run.Clock.GetTimestamp();
        _span = GatewayTraces.Chat(run.Trace, request.Model);
    }

    /// <summary>
    /// Records what the answer has reported so far. The ledger has it when this method returns, and only then may the agent see the bytes.
    /// </summary>
    public void Note(AnswerFacts facts)
    {
        _facts = facts;
        // An answer with unknown usage may have used more than was counted, so its reservation stays.
        if (facts.Usage is { } usage)
        {
            _ledger.Note(
                _id,
                facts.Model ?? _request.Model,
                usage,
                facts.Complete && !facts.HasUnknown,
                _run.CostOf(facts.Model ?? _request.Model, facts, _request),
                facts.OtherModels
            );
        }

        if (facts.Complete)
        {
            Answered(null);
        }
    }

    /// <summary>The head of the answer is there.</summary>
    public void Replied(int status) => _span?.SetTag("http.response.status_code", status);

    /// <summary>The model took nothing for this request: it was not reached, or refused it.</summary>
    public void NothingUsed() => _ledger.Note(_id, _request.Model, TokenUsage.Zero, settled: true, costUSD: 0);

    /// <summary>
    /// Records that the call was answered or that the model could not be reached. Do not call this if the agent or the bridge gave up.
    /// </summary>
    public void Answered(ModelFailure? failure)
    {
        (_isAnswered, _failure) = (true, failure);
        _ledger.Answered(_id, failure);
        _run.OnChanged();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ledger.End(_id);
        _run.OnChanged();
        Measure();
    }

    private void Measure()
    {
        var usage = _facts.Usage;
        var input = usage is null ? (long?)null : usage.Input + usage.CacheRead + usage.CacheWrite + usage.CacheWriteHour;
        var error = _failure?.Reason.ToString() ?? (_isAnswered ? null : "GivenUp");
        GatewayMetrics.ModelRequest(_run.LabelOf(_request.Model), input, usage?.Output, _run.Clock.GetElapsedTime(_began), error);
        if (_span is null)
        {
            return;
        }

        _span.SetTag("gen_ai.response.model", _facts.Model);
        _span.SetTag("gen_ai.usage.input_tokens", input);
        _span.SetTag("gen_ai.usage.output_tokens", usage?.Output);
        if (error is not null)
        {
            _span.SetTag("error.type", error);
            _span.SetStatus(ActivityStatusCode.Error, error);
        }

        _span.Dispose();
    }
}
