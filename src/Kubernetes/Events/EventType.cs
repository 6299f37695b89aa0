namespace Stromboli.Kubernetes;

/// <summary>Kinds of events.</summary>
public enum EventType
{
    /// <summary>As it should be.</summary>
    Normal,

    /// <summary>Somebody may want to look.</summary>
    Warning,
}
