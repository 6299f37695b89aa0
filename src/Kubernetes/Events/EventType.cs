namespace Stromboli.Kubernetes;

/// <summary>Kinds of events.</summary>
public enum EventType
{
    /// <summary>Something happened as expected.</summary>
    Normal,

    /// <summary>Something needs attention.</summary>
    Warning,
}
