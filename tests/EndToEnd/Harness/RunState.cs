using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.EndToEnd.Harness;

/// <summary>One state of a run, as a watcher saw it.</summary>
/// <param name="SeenAt">When the watcher saw it.</param>
/// <param name="IsDeletion">Whether this was its deletion.</param>
/// <param name="Json">The object as it was received.</param>
public sealed record RunState(DateTimeOffset SeenAt, bool IsDeletion, JsonNode Json)
{
    /// <summary>The object.</summary>
    public AgentRun Run { get; } = JsonSerializer.Deserialize(Json, CrdsJson.Default.AgentRun)!;

    /// <summary>Its status; an empty one if it has none.</summary>
    public AgentRunStatus Status => Run.Status ?? new();

    /// <summary>Its phase.</summary>
    public RunPhase? Phase => Status.Phase;

    /// <summary>Its reason.</summary>
    public RunReason? Reason => Status.Reason;

    /// <summary><c>metadata.generation</c>.</summary>
    public long? Generation => Run.Metadata.Generation;

    /// <summary>Whether the operator has written a status.</summary>
    public bool IsObserved => Status.ObservedGeneration is >= 0;

    /// <summary>Whether it has ended.</summary>
    public bool IsFinished => RunPhases.IsFinished(Phase);

    /// <summary>The status of a condition: <c>True</c>, <c>False</c>, <c>Unknown</c>; null if there is no such condition.</summary>
    public string? Condition(string type) => Conditions.Find(Status.Conditions, type)?.Status;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{SeenAt:HH:mm:ss.fff} {(IsDeletion ? "DELETED " : "")}{Phase}/{Reason} attempt {Status.Attempt} on {Status.NodeName}: {Status.Message}";
}
