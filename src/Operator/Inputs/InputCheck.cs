using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Inputs;

/// <summary>The inputs of a run from Secrets and ConfigMaps, or what the run waits for.</summary>
internal sealed record InputCheck
{
    /// <summary>
    /// Why the run waits: <c>SecretNotFound</c>, <c>SecretNotAllowed</c> or <c>ConfigMapNotFound</c>; null if it has all its inputs.
    /// </summary>
    public RunReason? Reason { get; init; }

    /// <summary>One sentence on the reason, without any value of a Secret.</summary>
    public string Message { get; init; } = "";

    /// <summary>The missing prompt or variable; null if something else is missing.</summary>
    public RunInput? Input { get; init; }

    /// <summary>
    /// The Secret or ConfigMap that the run waits for, and the <see cref="InputObject.Version"/> that was found; null if the run does not
    /// wait for one object.
    /// </summary>
    public (InputSource Source, string Version)? WaitsFor { get; init; }

    /// <summary>The credential for the model gateway; null if the run has none and needs none.</summary>
    public ModelCredential? Credential { get; init; }

    /// <summary>The prompt of <c>promptFrom</c>; null if the prompt is in the spec.</summary>
    public string? Prompt { get; init; }

    /// <summary>The variables of <c>valueFrom</c>.</summary>
    public IReadOnlyList<SecretVariable> Env { get; init; } = [];

    /// <summary>The credential for the repository of the workspace; null if there is none.</summary>
    public GitCredential? Git { get; init; }

    /// <summary>The credentials for the image's registry, in the order in which they are tried.</summary>
    public IReadOnlyList<PullCredential> PullCredentials { get; init; } = [];

    /// <summary>Returns the same inputs. If the run waits, they say that it waits for this object as it was found.</summary>
    public InputCheck At(InputSource source, InputObject found) => Reason is null ? this : this with { WaitsFor = (source, found.Version) };

    /// <summary>Shows no value.</summary>
    public override string ToString() => Reason is { } reason ? $"{reason}: {Message}" : nameof(InputCheck);
}
