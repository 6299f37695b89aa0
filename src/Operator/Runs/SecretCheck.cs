using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>Whether what a run needs of Secrets is there, and if so, what it is.</summary>
internal sealed record SecretCheck
{
    /// <summary>What it waits for: <c>SecretNotFound</c> or <c>SecretNotAllowed</c>; null if all is there.</summary>
    public RunReason? Reason { get; init; }

    /// <summary>One sentence on the reason; never a value of a Secret.</summary>
    public string Message { get; init; } = "";

    /// <summary>The credential for the gateway; null if the run has none and needs none.</summary>
    public ModelCredential? Credential { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => Reason is { } reason ? $"{reason}: {Message}" : nameof(SecretCheck);
}
