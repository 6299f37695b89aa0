namespace Stromboli.Gateway.Egress;

/// <summary>A connection that was not made. The message names the target, and no address that a tenant could learn from.</summary>
internal sealed class DialException(DialFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Why.</summary>
    public DialFailure Failure { get; } = failure;
}
