using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>Whether what a run needs of Secrets and ConfigMaps is there, and if so, what it is.</summary>
internal sealed record SecretCheck
{
    /// <summary>
    /// What it waits for: <c>SecretNotFound</c>, <c>SecretNotAllowed</c> or <c>ConfigMapNotFound</c>; null if all is there.
    /// </summary>
    public RunReason? Reason { get; init; }

    /// <summary>One sentence on the reason; never a value of a Secret.</summary>
    public string Message { get; init; } = "";

    /// <summary>The reference of the run that is not satisfied, if it is one of its inputs.</summary>
    public RunInput? Input { get; init; }

    /// <summary>
    /// What the run waits for, and the <see cref="InputObject.Version"/> that was found there; null if that is not one Secret or ConfigMap.
    /// </summary>
    public (InputPlace Place, string Version)? WaitsFor { get; init; }

    /// <summary>The credential for the gateway; null if the run has none and needs none.</summary>
    public ModelCredential? Credential { get; init; }

    /// <summary>The prompt of <c>promptFrom</c>; null if the run says its own.</summary>
    public string? Prompt { get; init; }

    /// <summary>The variables of <c>valueFrom</c>.</summary>
    public IReadOnlyList<SecretVariable> Env { get; init; } = [];

    /// <summary>The credential for the repository of the workspace; null if there is none.</summary>
    public GitCredential? Git { get; init; }

    /// <summary>What the image's registry is shown, in the order in which it is tried.</summary>
    public IReadOnlyList<PullCredential> PullCredentials { get; init; } = [];

    /// <summary>The same; if the run waits, for this place, as it was found.</summary>
    public SecretCheck At(InputPlace place, InputObject found) => Reason is null ? this : this with { WaitsFor = (place, found.Version) };

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => Reason is { } reason ? $"{reason}: {Message}" : nameof(SecretCheck);
}
