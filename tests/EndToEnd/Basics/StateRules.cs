using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Basics;

/// <summary>Rules that every state of every run must obey.</summary>
internal static class StateRules
{
    private static readonly string[] Always =
    [
        RunConditions.Accepted,
        RunConditions.Scheduled,
        RunConditions.Started,
        RunConditions.Succeeded,
        RunConditions.Ready,
    ];

    /// <summary>Fails with the state that breaks a rule. A reused name has one history for each of its objects.</summary>
    public static void AssertHold(RunHistory run)
    {
        foreach (var states in run.States.GroupBy(state => state.Run.Metadata.Uid).Select(group => group.ToList()))
        {
            if (run.HasGap)
            {
                states.Where(state => state.IsObserved).ToList().ForEach(AssertHolds);
            }
            else
            {
                AssertHold(states);
            }
        }
    }

    /// <summary>Fails with the state that breaks a rule.</summary>
    public static void AssertHold(IReadOnlyList<RunState> states)
    {
        // A tool that reads kstatus must not take a run for finished before the operator has seen it.
        Assert.Equal(-1, states[0].Status.ObservedGeneration);
        foreach (var state in states.Where(state => state.IsObserved))
        {
            AssertHolds(state);
        }

        foreach (var (before, after) in states.Zip(states.Skip(1)))
        {
            AssertFollows(before, after);
        }
    }

    private static void AssertHolds(RunState state)
    {
        var conditions = state.Status.Conditions ?? [];
        // Status may be behind the object, but status and conditions describe the same generation.
        Assert.All(conditions, condition => Assert.Equal(state.Status.ObservedGeneration, condition.ObservedGeneration));
        Assert.All(Always, type => Assert.True(state.Condition(type) is not null, $"{type} is missing: {state}"));
        Assert.All(conditions, condition => Assert.NotEmpty(condition.Reason));
        Assert.Equal(RunPhases.Derive(conditions), state.Phase);

        var good = state.Phase == RunPhase.Succeeded;
        Assert.True((state.Condition(RunConditions.Reconciling) == "True") == !state.IsFinished, $"Reconciling: {state}");
        Assert.True((state.Condition(RunConditions.Ready) == "True") == good, $"Ready: {state}");
        Assert.True((state.Condition(RunConditions.Stalled) == "True") == (state.IsFinished && !good), $"Stalled: {state}");
        Assert.True(state.Status.CompletionTime is not null == state.IsFinished, $"completionTime: {state}");
        Assert.False(string.IsNullOrWhiteSpace(state.Status.Message), $"no message: {state}");
        Assert.Equal((Expected(state), $"{state}"), (Kstatus.Of(state.Json), $"{state}"));
    }

    // Until an edit is observed, even an end may change.
    private static string Expected(RunState state) =>
        state switch
        {
            _ when state.Status.ObservedGeneration != state.Generation => Kstatus.InProgress,
            { IsFinished: false } => Kstatus.InProgress,
            { Phase: RunPhase.Succeeded } => Kstatus.Current,
            _ => Kstatus.Failed,
        };

    private static void AssertFollows(RunState before, RunState after)
    {
        Assert.True((after.Status.ObservedGeneration ?? -1) >= (before.Status.ObservedGeneration ?? -1), $"{before}\n{after}");
        Assert.True((after.Status.Attempt ?? 0) >= (before.Status.Attempt ?? 0), $"{before}\n{after}");
        // An ended attempt is over. Later phases belong to the next one.
        var ended = before.Status.Attempts is not [.., { EndTime: not null }] && after.Status.Attempts is [.., { EndTime: not null }];
        if (before.Status.Attempt == after.Status.Attempt && (!ended || after.IsFinished))
        {
            Assert.True(Rank(after) >= Rank(before), $"The phase went back:\n{before}\n{after}");
        }

        if (before.IsFinished)
        {
            Assert.Equal((before.Phase, before.Reason), (after.Phase, after.Reason));
        }
    }

    // A waiting run is Queued while nodes are full and Pending while there are none. It may change between the two as nodes come and go.
    private static RunPhase Rank(RunState state) => state.Phase is { } phase and > RunPhase.Queued ? phase : RunPhase.Pending;
}
