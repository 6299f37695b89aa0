namespace Stromboli.Kubernetes;

/// <summary>This process does not lead, so it must not act.</summary>
public sealed class NotLeaderException() : Exception("This process is not the leader, or its lease has expired.");
