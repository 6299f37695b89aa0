using System.Diagnostics.CodeAnalysis;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Scheduling;

/// <summary>What the scheduler says of one waiting run: a node, or the one reason why there is none.</summary>
internal sealed record Placement
{
    private Placement() { }

    /// <summary>The node; null if the run waits on.</summary>
    public string? Node { get; private init; }

    /// <summary>
    /// Why there is none: <c>NoNodeMatches</c>, <c>WaitingForNode</c>, <c>LimitsNotEnforceable</c> or <c>Queued</c>; if it is
    /// <see cref="Final"/>, what denies it one.
    /// </summary>
    public RunReason? Reason { get; private init; }

    /// <summary>One sentence that says why and what to do; empty with a node.</summary>
    public string Message { get; private init; } = "";

    /// <summary>The place among the queued runs, from 1; set exactly for <c>Queued</c>.</summary>
    public int? QueuePosition { get; private init; }

    /// <summary>Whether the run is to fail rather than wait: its nodes are there, and all of them deny what it wants.</summary>
    public bool Final { get; private init; }

    /// <summary>Whether the run has a node.</summary>
    [MemberNotNullWhen(true, nameof(Node))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsPlaced => Node is not null;

    /// <summary>The run has this node.</summary>
    public static Placement On(string node) => new() { Node = node };

    /// <summary>The run waits.</summary>
    public static Placement Waits(RunReason reason, string message) => new() { Reason = reason, Message = message };

    /// <summary>The run fails.</summary>
    public static Placement Fails(RunReason reason, string message) =>
        new()
        {
            Reason = reason,
            Message = message,
            Final = true,
        };

    /// <summary>The run waits for room.</summary>
    public static Placement Queued(int position, string message) =>
        new()
        {
            Reason = RunReason.Queued,
            Message = message,
            QueuePosition = position,
        };
}
