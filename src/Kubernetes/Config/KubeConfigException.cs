namespace Stromboli.Kubernetes;

/// <summary>The configuration cannot be used; the message says where and why, for a person.</summary>
public sealed class KubeConfigException(string message, Exception? inner = null) : Exception(message, inner);
