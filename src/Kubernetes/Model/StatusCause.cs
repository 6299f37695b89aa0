namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.StatusCause.</summary>
public sealed record StatusCause
{
    /// <summary>CamelCase word for programs.</summary>
    public string? Reason { get; set; }

    /// <summary>A sentence for a person.</summary>
    public string? Message { get; set; }

    /// <summary>Path of the field.</summary>
    public string? Field { get; set; }
}
