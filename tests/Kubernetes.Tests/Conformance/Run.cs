using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes.Tests.Conformance;

/// <summary>An AgentRun as this library sees it: any custom resource with a status.</summary>
internal sealed record Run : IKubernetesObject
{
    public string ApiVersion { get; set; } = "stromboli.dev/v1alpha1";

    public string Kind { get; set; } = "AgentRun";

    public ObjectMeta Metadata { get; set; } = new();

    public JsonObject? Spec { get; set; }

    public JsonObject? Status { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(KubeList<Run>))]
internal sealed partial class RunJson : JsonSerializerContext;
