namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.ListMeta.</summary>
public sealed record ListMeta
{
    /// <summary>The version of the snapshot; a watch starts from it.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Token of the next page; empty or absent on the last.</summary>
    public string? Continue { get; set; }

    /// <summary>How many items are left after this page, where the server knows.</summary>
    public long? RemainingItemCount { get; set; }
}
