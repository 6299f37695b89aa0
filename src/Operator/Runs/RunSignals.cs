using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>Who has something to say of a run without knowing the controller says it here.</summary>
internal sealed class RunSignals
{
    /// <summary>Raised with the run that is to be looked at.</summary>
    public event Action<NamespacedName>? Woken;

    /// <summary>Looks at this run soon.</summary>
    public void Wake(NamespacedName key) => Woken?.Invoke(key);
}
