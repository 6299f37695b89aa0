using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.Condition.</summary>
public sealed record Condition
{
    /// <summary>CamelCase name of the condition; the key of its list.</summary>
    public string Type { get; set; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get; set; } = ConditionStatus.Unknown;

    /// <summary>The <c>metadata.generation</c> that the condition was computed for; <c>kubectl wait</c> compares it.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>When <see cref="Status"/> last changed, in whole seconds.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset LastTransitionTime { get; set; }

    /// <summary>CamelCase word for programs; never empty.</summary>
    public string Reason { get; set; } = "";

    /// <summary>A sentence for a person; may be empty.</summary>
    public string Message { get; set; } = "";
}

/// <summary>The three values of a condition's status.</summary>
public static class ConditionStatus
{
    /// <summary>The condition holds.</summary>
    public const string True = "True";

    /// <summary>The condition does not hold.</summary>
    public const string False = "False";

    /// <summary>It is not known yet whether the condition holds.</summary>
    public const string Unknown = "Unknown";
}
