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
