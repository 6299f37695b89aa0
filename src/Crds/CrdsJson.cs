using System.Text.Json.Serialization;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds;

/// <summary>Source-generated JSON of the kinds of this group: camelCase, absent for null.</summary>
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
