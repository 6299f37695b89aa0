namespace Stromboli.PodmanBridge.Configuration;

/// <summary>This node cannot serve; the message says in one sentence what is missing and what to do.</summary>
internal sealed class BridgeUnusableException(string message) : Exception(message);
