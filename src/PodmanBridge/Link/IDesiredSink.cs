using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Link;

/// <summary>Takes what the operator wants of this node.</summary>
internal interface IDesiredSink
{
    /// <summary>One attempt changed.</summary>
    void Apply(DesiredAttempt desired);

    /// <summary>All attempts that are wanted; what is not named is absent.</summary>
    void ApplyAll(IReadOnlyList<DesiredAttempt> desired);

    /// <summary>Every attempt that the node still knows.</summary>
    IEnumerable<AttemptObservation> Observe();

    /// <summary>One attempt, or null when the node does not know it.</summary>
    AttemptObservation? Observe(string uid, int attempt);
}
