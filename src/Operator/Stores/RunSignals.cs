using Stromboli.Kubernetes;

namespace Stromboli.Operator.Stores;

/// <summary>Signals about runs, for parts that do not know the run controller.</summary>
internal sealed class RunSignals
{
    /// <summary>Raised with the run to reconcile.</summary>
    public event Action<NamespacedName>? Woken;

    /// <summary>Raised when room on a node may have become free.</summary>
    public event Action? RoomFreed;

    /// <summary>Asks the controller to reconcile this run.</summary>
    public void Wake(NamespacedName key) => Woken?.Invoke(key);

    /// <summary>Says that room on a node may have become free.</summary>
    public void FreeRoom() => RoomFreed?.Invoke();
}
