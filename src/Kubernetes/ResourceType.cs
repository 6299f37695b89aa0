using System.Text.Json.Serialization.Metadata;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// How the API server names a kind, and how it is written as JSON. Other assemblies declare their kinds with their own
/// <c>JsonSerializerContext</c>.
/// </summary>
/// <typeparam name="T">The kind's type.</typeparam>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version, such as <c>v1</c>.</param>
/// <param name="Plural">Plural, as in the URL.</param>
/// <param name="Kind">Kind.</param>
/// <param name="Namespaced">Whether objects live in namespaces.</param>
/// <param name="Json">JSON of one object.</param>
/// <param name="ListJson">JSON of a list of them.</param>
public sealed record ResourceType<T>(
    string Group,
    string Version,
    string Plural,
    string Kind,
    bool Namespaced,
    JsonTypeInfo<T> Json,
    JsonTypeInfo<KubeList<T>> ListJson
)
    where T : class, IKubernetesObject
{
    /// <summary>As in an object's <c>apiVersion</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";
}
