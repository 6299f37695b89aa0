using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.Status: the API server's answer when there is no object to give, mostly an error.</summary>
public sealed record Status
{
    /// <summary>Always <c>v1</c>.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Always <c>Status</c>.</summary>
    public string? Kind { get; set; }

    /// <summary><c>Success</c> or <c>Failure</c>.</summary>
    [JsonPropertyName("status")]
    public string? Result { get; set; }

    /// <summary>A sentence for a person.</summary>
    public string? Message { get; set; }

    /// <summary>CamelCase word for programs, such as <c>AlreadyExists</c>.</summary>
    public string? Reason { get; set; }

    /// <summary>HTTP status.</summary>
    public int? Code { get; set; }

    /// <summary>More about it.</summary>
    public StatusDetails? Details { get; set; }
}

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
