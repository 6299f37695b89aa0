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
[JsonSerializable(typeof(APIService))]
[JsonSerializable(typeof(KubeList<APIService>))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(PartialObject))]
[JsonSerializable(typeof(KubeList<PartialObject>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Status))]
[JsonSerializable(typeof(DeleteOptions))]
public sealed partial class KubernetesJson : JsonSerializerContext
{
    /// <summary>
    /// Depth of nesting that we read: more than the API server accepts (10,000, the limit of Go's encoding/json). A user who may create an
    /// object may nest its <c>managedFields</c> that deep, and a reader with a lower limit could not read any list with that object.
    /// </summary>
    public const int DeepestNesting = 10_240;
}
