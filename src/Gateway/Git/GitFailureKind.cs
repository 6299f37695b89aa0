namespace Stromboli.Gateway.Git;

/// <summary>What the git gateway saw go wrong with a repository's server.</summary>
internal enum GitFailureKind
{
    /// <summary>The server's name has no address.</summary>
    NotResolved,

    /// <summary>The server's address is one that must not be connected to.</summary>
    AddressRefused,

    /// <summary>The server does not answer, or not in time.</summary>
    Unreachable,

    /// <summary>The server's certificate cannot be trusted, or TLS failed otherwise.</summary>
    Tls,

    /// <summary>The server asks for a credential and was shown none.</summary>
    CredentialMissing,

    /// <summary>The server refuses the credential, or what it may read.</summary>
    CredentialRefused,

    /// <summary>The server has no such repository.</summary>
    NotFound,

    /// <summary>The server sends elsewhere; the detail is the host.</summary>
    Redirected,

    /// <summary>The server answered with an error of its own; the detail is the status.</summary>
    ServerError,

    /// <summary>The answer is not that of a Git server.</summary>
    NotGit,

    /// <summary>The answer broke off.</summary>
    BrokeOff,

    /// <summary>The repository is larger than the node takes; the detail is the bound.</summary>
    TooLarge,
}
