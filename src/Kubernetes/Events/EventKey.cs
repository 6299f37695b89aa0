using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Two events with the same key are the same event to a person who reads them.</summary>
internal sealed record EventKey(
    string Namespace,
    string Kind,
    string Name,
    string Uid,
    EventType Type,
    string Reason,
    string Action,
    string Note
)
{
    /// <summary>The object that the event is about.</summary>
    public (string, string, string, string) Target => (Namespace, Kind, Name, Uid);

    public static EventKey Of(ObjectReference regarding, EventType type, string reason, string action, string note) =>
        new(regarding.Namespace ?? "", regarding.Kind ?? "", regarding.Name ?? "", regarding.Uid ?? "", type, reason, action, note);
}
