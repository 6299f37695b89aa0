using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>Source-generated JSON of the built-in kinds.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = DeepestNesting
)]
[JsonSerializable(typeof(Secret))]
[JsonSerializable(typeof(KubeList<Secret>))]
[JsonSerializable(typeof(ConfigMap))]
[JsonSerializable(typeof(KubeList<ConfigMap>))]
[JsonSerializable(typeof(Namespace))]
[JsonSerializable(typeof(KubeList<Namespace>))]
[JsonSerializable(typeof(Node))]
[JsonSerializable(typeof(KubeList<Node>))]
[JsonSerializable(typeof(Pod))]
[JsonSerializable(typeof(KubeList<Pod>))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(KubeList<Lease>))]
[JsonSerializable(typeof(Event))]
[JsonSerializable(typeof(KubeList<Event>))]
[JsonSerializable(typeof(TokenReview))]
[JsonSerializable(typeof(KubeList<TokenReview>))]
[JsonSerializable(typeof(SubjectAccessReview))]
[JsonSerializable(typeof(KubeList<SubjectAccessReview>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(PartialObject))]
[JsonSerializable(typeof(KubeList<PartialObject>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(DeleteOptions))]
public sealed partial class KubernetesJson : JsonSerializerContext
{
    /// <summary>
    /// How deep an object may be nested: more than the API server takes (10,000, the bound of Go's encoding/json). Whoever may create an
    /// object may nest its <c>managedFields</c> as deep, and a reader that stops before would read no list that holds it.
    /// </summary>
    public const int DeepestNesting = 10_240;
}
