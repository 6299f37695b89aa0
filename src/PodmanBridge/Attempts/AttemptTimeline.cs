using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Telemetry;
using Stromboli.Telemetry.Traces;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Measures how long an attempt is in each step, and writes the spans of steps that are over. The caller holds the attempt's lock.
/// </summary>
internal sealed class AttemptTimeline
{
    private readonly AttemptKey _key;
    private readonly string? _traceParent;
    private readonly bool _isAdopted;
    private readonly TimeProvider _clock;
    private readonly long _began;
    private long _entered;
    private DateTimeOffset _enteredAt;

    /// <param name="found">The attempt as this bridge found or created it.</param>
    /// <param name="clock">The clock.</param>
    public AttemptTimeline(AttemptState found, TimeProvider clock)
    {
        (_key, _traceParent, _isAdopted, _clock) = (found.Record.Key, found.Record.Spec.TraceParent, found.IsAdopted, clock);
        _began = _entered = clock.GetTimestamp();
        _enteredAt = clock.GetUtcNow();
    }

    /// <summary>The attempt changed.</summary>
    public void Changed(AttemptState before, AttemptState after)
    {
        if (before.Record.StartedAt is null && after.Record.StartedAt is not null && !_isAdopted)
        {
            BridgeMetrics.StartPhase("agent", _clock.GetElapsedTime(_entered));
            BridgeMetrics.StartPhase("total", _clock.GetElapsedTime(_began));
        }

        if (before.End is null && after.End is { } end)
        {
            Ended(end);
        }

        if (before.Step != after.Step)
        {
            Left(before, after.Step);
        }
    }

    // A phase of a start that an earlier bridge began says nothing of how long starts take.
    private void Left(AttemptState before, AttemptStep next)
    {
        var elapsed = _clock.GetElapsedTime(_entered);
        var now = _clock.GetUtcNow();
        // A session is entered at once unless another attempt has it.
        if (NameOf(before) is { } name)
        {
            if (!_isAdopted && next is > AttemptStep.Entering and <= AttemptStep.Running)
            {
                BridgeMetrics.StartPhase(name, elapsed);
            }

            if (before.Step != AttemptStep.Preparing)
            {
                Write(name, _enteredAt, now);
            }
        }

        (_entered, _enteredAt) = (_clock.GetTimestamp(), now);
    }

    // The steps whose length says something. Preparing has an open span, whose children are the engine's calls.
    private static string? NameOf(AttemptState state) =>
        state.Step switch
        {
            AttemptStep.Entering => state.Record.Spec.Session is null ? null : "session",
            AttemptStep.Preparing => "prepare",
            AttemptStep.Greeting => "greet",
            AttemptStep.Held => "hold",
            AttemptStep.Releasing => "release",
            AttemptStep.Stopping => "stop",
            AttemptStep.Concluding => "end",
            _ => null,
        };

    private void Ended(AttemptEndRecord end)
    {
        BridgeMetrics.AttemptEnded(end.End.Reason, end.StartedAt is { } since ? end.EndedAt - since : null);
        if (!RunTrace.IsOn)
        {
            return;
        }

        var agentFrom = end.StartedAt ?? end.EndedAt;
        if (end.Hooks is { Count: > 0 } hooks)
        {
            var ran = TimeSpan.FromMilliseconds(hooks.Sum(hook => (double)Math.Clamp(hook.DurationMs ?? 0, 0, int.MaxValue)));
            Write("hooks", agentFrom - ran, agentFrom, [("stromboli.hooks", hooks.Count)]);
        }

        if (end.StartedAt is null)
        {
            return;
        }

        RunTrace.Write(
            new RunSpan
            {
                Name = "agent",
                ID = RunTrace.AgentSpanID(_key.UID, _key.Attempt),
                Parent = RunTrace.AttemptContext(_key.UID, _key.Attempt, _traceParent),
                Start = agentFrom,
                End = end.EndedAt,
                Tags =
                [
                    (RunAttributes.RunUID, _key.UID),
                    (RunAttributes.Attempt, _key.Attempt),
                    (RunAttributes.Reason, end.End.Reason.ToString()),
                    (RunAttributes.InputTokens, end.End.Usage?.InputTokens),
                    (RunAttributes.OutputTokens, end.End.Usage?.OutputTokens),
                    (RunAttributes.CostUSD, (double?)end.End.Usage?.CostUSD),
                ],
                Error = end.End.Reason == RunReason.Completed ? null : end.End.Reason.ToString(),
            }
        );
    }

    private void Write(string name, DateTimeOffset start, DateTimeOffset end, IReadOnlyList<(string, object?)>? tags = null)
    {
        if (RunTrace.IsOn)
        {
            RunTrace.Write(
                new RunSpan
                {
                    Name = name,
                    Parent = RunTrace.AttemptContext(_key.UID, _key.Attempt, _traceParent),
                    Start = start,
                    End = end,
                    Tags = tags ?? [],
                }
            );
        }
    }
}
