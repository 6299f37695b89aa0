namespace Stromboli.Kubernetes.Model;

/// <summary>The three values of a condition's status.</summary>
public static class ConditionStatus
{
    /// <summary>Holds.</summary>
    public const string True = "True";

    /// <summary>Does not hold.</summary>
    public const string False = "False";

    /// <summary>Not known yet.</summary>
    public const string Unknown = "Unknown";
}
