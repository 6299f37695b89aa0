namespace Stromboli.PodmanBridge.Configuration;

/// <summary>The node cannot serve. The message says in one sentence what is missing and what to do.</summary>
internal sealed class BridgeUnusableException(string message) : Exception(message);
