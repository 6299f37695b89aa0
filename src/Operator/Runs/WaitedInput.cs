using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>A Secret or ConfigMap that runs wait for.</summary>
internal sealed class WaitedInput
{
    /// <summary>What of it the runs were told of: <see cref="InputObject.Version"/>.</summary>
    public required string Version { get; set; }

    /// <summary>When it is looked at next.</summary>
    public DateTimeOffset NextLook { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>When the newest of the runs began to wait.</summary>
    public DateTimeOffset Newest { get; set; }

    /// <summary>The runs, by UID.</summary>
    public Dictionary<string, Waiter> Waiting { get; } = [];

    /// <summary>A run that waits.</summary>
    /// <param name="Run">Its name.</param>
    /// <param name="Check">What it was told; it holds no value.</param>
    public sealed record Waiter(NamespacedName Run, SecretCheck Check);
}
