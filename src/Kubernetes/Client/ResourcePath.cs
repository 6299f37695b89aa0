using System.Text;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Builds the API server's paths.</summary>
internal static class ResourcePath
{
    public static string Collection<T>(ResourceType<T> type, string? scope)
        where T : class, IKubernetesObject
    {
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        return type.Namespaced && !string.IsNullOrEmpty(scope)
            ? $"{root}/namespaces/{Segment(scope)}/{type.Plural}"
            : $"{root}/{type.Plural}";
    }

    public static string Item<T>(ResourceType<T> type, NamespacedName key, string? subresource = null)
        where T : class, IKubernetesObject
    {
        if (type.Namespaced && string.IsNullOrEmpty(key.Namespace))
        {
            throw new ArgumentException($"A {type.Kind} needs a namespace, and '{key}' has none.", nameof(key));
        }

        var item = $"{Collection(type, key.Namespace)}/{Segment(key.Name)}";
        return subresource is null ? item : $"{item}/{subresource}";
    }

    public static string Query(string path, params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var result = new StringBuilder(path);
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (var (name, value) in parameters)
        {
            if (string.IsNullOrEmpty(value))
            {
                continue;
            }

            result.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return result.ToString();
    }

    // With an empty name, a get of one object would become a list of all, and a delete of one a delete of all.
    private static string Segment(string name) =>
        name is null or "" or "." or ".."
            ? throw new ArgumentException($"'{name}' is not a name.", nameof(name))
            : Uri.EscapeDataString(name);
}
