using System.Diagnostics.CodeAnalysis;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Scheduling;

/// <summary>The answer of the scheduler to one waiting run: a node, or the reason why there is none.</summary>
internal sealed record Placement
{
    private Placement() { }

    /// <summary>The node; null if the run keeps waiting.</summary>
    public string? Node { get; private init; }

    /// <summary>
    /// Why there is no node: <c>NoNodeMatches</c>, <c>WaitingForNode</c>, <c>LimitsNotEnforceable</c> or <c>Queued</c>. If the placement is
    /// <see cref="Final"/>, the reason of the refusal.
    /// </summary>
    public RunReason? Reason { get; private init; }

    /// <summary>One sentence that says why and what to do; empty if there is a node.</summary>
    public string Message { get; private init; } = "";

    /// <summary>The position in the queue, from 1; set exactly for <c>Queued</c>.</summary>
    public int? QueuePosition { get; private init; }

    /// <summary>Whether the run fails instead of waiting, because all matching nodes refuse what it needs.</summary>
    public bool Final { get; private init; }

    /// <summary>Whether the run has a node.</summary>
    [MemberNotNullWhen(true, nameof(Node))]
    [MemberNotNullWhen(false, nameof(Reason))]
    public bool IsPlaced => Node is not null;

    /// <summary>The run gets this node.</summary>
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

    /// <summary>The run waits in the queue.</summary>
    public static Placement Queued(int position, string message) =>
        new()
        {
            Reason = RunReason.Queued,
            Message = message,
            QueuePosition = position,
        };
}
