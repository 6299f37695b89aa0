namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.StatusDetails.</summary>
public sealed record StatusDetails
{
    /// <summary>Name of the object.</summary>
    public string? Name { get; set; }

    /// <summary>Its kind or plural.</summary>
    public string? Kind { get; set; }

    /// <summary>Its UID.</summary>
    public string? Uid { get; set; }

    /// <summary>Seconds to wait before trying again.</summary>
    public int? RetryAfterSeconds { get; set; }

    /// <summary>Single causes.</summary>
    public List<StatusCause>? Causes { get; set; }
}
