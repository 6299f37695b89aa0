namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.DeleteOptions; only what is used.</summary>
public sealed record DeleteOptions
{
    /// <summary>Always <c>v1</c>.</summary>
    public string ApiVersion { get; set; } = "v1";

    /// <summary>Always <c>DeleteOptions</c>.</summary>
    public string Kind { get; set; } = "DeleteOptions";

    /// <summary>What must hold for the object; otherwise the answer is a conflict.</summary>
    public Preconditions? Preconditions { get; set; }
}

/// <summary>metav1.Preconditions.</summary>
public sealed record Preconditions
{
    /// <summary>The object must have this UID.</summary>
    public string? Uid { get; set; }

    /// <summary>The object must have this version.</summary>
    public string? ResourceVersion { get; set; }
}
