using Stromboli.Kubernetes;

namespace Stromboli.Operator.Inputs;

/// <summary>A Secret or ConfigMap that runs wait for.</summary>
internal sealed class PolledInput
{
    /// <summary>The <see cref="InputObject.Version"/> that the waiting runs found.</summary>
    public required string Version { get; set; }

    /// <summary>When the object is polled next.</summary>
    public DateTimeOffset NextPoll { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>When the newest of the runs began to wait.</summary>
    public DateTimeOffset Newest { get; set; }

    /// <summary>The waiting runs, by UID.</summary>
    public Dictionary<string, Waiter> Waiting { get; } = [];

    /// <summary>A waiting run.</summary>
    /// <param name="Run">The name of the run.</param>
    /// <param name="Check">What the run waits for, without any value.</param>
    public sealed record Waiter(NamespacedName Run, InputCheck Check);
}
