using System.Text.Json.Serialization;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>Source-generated JSON of the lists in the ConfigMap, and of the user that replicas pass on.</summary>
[JsonSerializable(typeof(List<string>))]
[JsonSerializable(typeof(UserIdentity))]
internal sealed partial class IdentityJson : JsonSerializerContext;
