using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>
/// metav1.ObjectMeta. Objects that come out of a store are shared: copy them with <c>with</c>, never change them in place.
/// </summary>
public sealed record ObjectMeta
{
    /// <summary>Name, unique in its namespace and kind; absent when <see cref="GenerateName"/> is to make one.</summary>
    public string? Name { get; set; }

    /// <summary>Prefix from which the API server makes a name.</summary>
    public string? GenerateName { get; set; }

    /// <summary>Namespace; absent on cluster-scoped objects.</summary>
    public string? Namespace { get; set; }

    /// <summary>Identity in time and space: a new object of an old name has another one.</summary>
    public string? Uid { get; set; }

    /// <summary>Version for compare-and-swap and watches.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Counts changes of the spec.</summary>
    public long? Generation { get; set; }

    /// <summary>When the API server created it, in whole seconds.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CreationTimestamp { get; set; }

    /// <summary>Set when deletion was asked for and something still holds the object.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>Labels, which selectors see.</summary>
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Annotations, which selectors do not see.</summary>
    public Dictionary<string, string>? Annotations { get; set; }

    /// <summary>Objects whose deletion deletes this one.</summary>
    public List<OwnerReference>? OwnerReferences { get; set; }

    /// <summary>Names that must be removed before the object goes.</summary>
    public List<string>? Finalizers { get; set; }

    /// <summary>Server-side apply's book-keeping, not interpreted here.</summary>
    public JsonElement? ManagedFields { get; set; }
}

/// <summary>metav1.OwnerReference.</summary>
public sealed record OwnerReference
{
    /// <summary>The owner's group and version.</summary>
    public string ApiVersion { get; set; } = "";

    /// <summary>The owner's kind.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The owner's name, in the same namespace or cluster-scoped.</summary>
    public string Name { get; set; } = "";

    /// <summary>The owner's UID; the garbage collector goes by it.</summary>
    public string Uid { get; set; } = "";

    /// <summary>Whether this owner is the managing controller; at most one is.</summary>
    public bool? Controller { get; set; }

    /// <summary>Whether a foreground deletion of the owner waits for this object.</summary>
    public bool? BlockOwnerDeletion { get; set; }
}
