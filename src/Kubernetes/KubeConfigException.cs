namespace Stromboli.Kubernetes;

/// <summary>The configuration cannot be used, or yields no credential. The message tells a person where and why.</summary>
public sealed class KubeConfigException(string message, Exception? inner = null) : Exception(message, inner);
