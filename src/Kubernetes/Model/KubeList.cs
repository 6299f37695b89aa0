using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The kind of its items.</typeparam>
public sealed record KubeList<T>
    where T : class, IKubernetesObject
{
    /// <summary>Group and version of the list.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Kind of the list, such as <c>SecretList</c>.</summary>
    public string? Kind { get; set; }

    /// <summary>Version and continuation.</summary>
    public ListMeta Metadata { get; set; } = new();

    /// <summary>The items; a server may send null for none, which a client turns into an empty list.</summary>
    public List<T> Items { get; set; } = [];

    /// <summary>How many bytes the page had.</summary>
    [JsonIgnore]
    internal int Bytes { get; set; }

    /// <summary>The items that cannot be read, which are not among the others.</summary>
    [JsonIgnore]
    public IReadOnlyList<UnreadableObject> Unreadable { get; set; } = [];
}
