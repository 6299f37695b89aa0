namespace Stromboli.Gateway.Git;

/// <summary>The file of certificate authorities that the git gateway is to trust cannot be used. The message says why.</summary>
internal sealed class GitTrustException(string message) : Exception(message);
