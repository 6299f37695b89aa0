namespace Stromboli.Gateway.Egress;

/// <summary>Why a connection was not made.</summary>
internal enum DialFailure
{
    /// <summary>The name is not on the list; it was not even resolved.</summary>
    NotListed,

    /// <summary>The name has no address.</summary>
    NotResolved,

    /// <summary>Every address of the name is one that must not be connected to.</summary>
    AddressRefused,

    /// <summary>No address that may be connected to answered.</summary>
    Unreachable,
}
