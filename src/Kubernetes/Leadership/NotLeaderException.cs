namespace Stromboli.Kubernetes;

/// <summary>This process does not lead (any more), so it must not act.</summary>
public sealed class NotLeaderException() : Exception("This process is not the leader, or its lease is over.");
