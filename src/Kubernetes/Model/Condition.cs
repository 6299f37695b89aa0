using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.Condition.</summary>
public sealed record Condition
{
    /// <summary>CamelCase name of the condition; the key of its list.</summary>
    public string Type { get; set; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get; set; } = ConditionStatus.Unknown;

    /// <summary>The <c>metadata.generation</c> that it was judged for; <c>kubectl wait</c> goes by it.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>When <see cref="Status"/> last changed, in whole seconds.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset LastTransitionTime { get; set; }

    /// <summary>CamelCase word for programs; never empty.</summary>
    public string Reason { get; set; } = "";

    /// <summary>A sentence for a person; may be empty.</summary>
    public string Message { get; set; } = "";
}
