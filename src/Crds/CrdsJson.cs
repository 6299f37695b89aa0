using System.Text.Json.Serialization;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds;

/// <summary>Source-generated JSON serialization of the API's kinds: camelCase names, no null values.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = KubernetesJson.DeepestNesting
)]
[JsonSerializable(typeof(AgentRun))]
[JsonSerializable(typeof(KubeList<AgentRun>))]
[JsonSerializable(typeof(AgentNode))]
[JsonSerializable(typeof(KubeList<AgentNode>))]
[JsonSerializable(typeof(AgentSession))]
[JsonSerializable(typeof(KubeList<AgentSession>))]
public sealed partial class CrdsJson : JsonSerializerContext;
