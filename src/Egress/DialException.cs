namespace Stromboli.Egress;

/// <summary>A connection could not be made. The message names the target but no address that a tenant could learn from.</summary>
internal sealed class DialException(DialFailure failure, string message, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>Why.</summary>
    public DialFailure Failure { get; } = failure;
}

/// <summary>Why a connection was not made.</summary>
internal enum DialFailure
{
    /// <summary>The name is not on the list. It was not resolved.</summary>
    NotListed,

    /// <summary>The name has no address.</summary>
    NotResolved,

    /// <summary>None of the name's addresses is allowed.</summary>
    AddressRefused,

    /// <summary>None of the name's allowed addresses answered.</summary>
    Unreachable,
}
