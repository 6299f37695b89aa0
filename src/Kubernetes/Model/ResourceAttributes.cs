namespace Stromboli.Kubernetes.Model;

/// <summary>authorization/v1 ResourceAttributes.</summary>
public sealed record ResourceAttributes
{
    /// <summary>Namespace; empty for cluster-scoped.</summary>
    public string? Namespace { get; set; }

    /// <summary>Verb, such as <c>connect</c>.</summary>
    public string? Verb { get; set; }

    /// <summary>API group.</summary>
    public string? Group { get; set; }

    /// <summary>API version.</summary>
    public string? Version { get; set; }

    /// <summary>Plural of the resource.</summary>
    public string? Resource { get; set; }

    /// <summary>Subresource.</summary>
    public string? Subresource { get; set; }

    /// <summary>Name; absent means all.</summary>
    public string? Name { get; set; }
}
