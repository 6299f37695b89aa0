using System.Globalization;

namespace Stromboli.Gateway.Git;

/// <summary>What the git gateway saw go wrong. Holds nothing that the server said, but a status or a host.</summary>
/// <param name="Kind">What.</param>
/// <param name="Detail">See <see cref="GitFailureKind"/>.</param>
internal sealed record GitFailure(GitFailureKind Kind, string Detail = "")
{
    /// <summary>The cause as the end of a sentence, with what to do about it.</summary>
    public string Cause =>
        Kind switch
        {
            GitFailureKind.NotResolved => "its host has no address",
            GitFailureKind.AddressRefused =>
                "its host has no public address, and the node lets nobody reach others unless its bridge names the origin (--allow-git-origin)",
            GitFailureKind.Unreachable => "its server does not answer",
            GitFailureKind.Tls =>
                "the server's certificate cannot be trusted; of an authority of your own the bridge learns by --git-ca-file",
            GitFailureKind.CredentialMissing =>
                "the server asks for a credential; the repository is private or is not there: set credentialsSecretRef, or look at the URL",
            GitFailureKind.CredentialRefused => "the server refuses the credential, or does not let it read this repository",
            GitFailureKind.NotFound => "the server has no such repository, or shows it to nobody without another credential",
            GitFailureKind.Redirected =>
                $"the server redirects to {Detail}, and redirects are not followed: give the address that it leads to",
            GitFailureKind.ServerError => $"the server answered with HTTP status {Detail}",
            GitFailureKind.NotGit => "what answers there is no Git server that speaks the smart HTTP protocol",
            GitFailureKind.TooLarge => $"it is larger than the {Detail} bytes that the node takes (--git-max-bytes)",
            _ => "the server's answer broke off",
        };

    /// <summary>What an HTTP status says; null for one that says no failure.</summary>
    public static GitFailure? OfStatus(int status, bool hasCredential, string redirectHost) =>
        status switch
        {
            200 => null,
            >= 300 and < 400 => new(GitFailureKind.Redirected, redirectHost),
            401 or 403 => new(hasCredential ? GitFailureKind.CredentialRefused : GitFailureKind.CredentialMissing),
            404 or 410 => new(GitFailureKind.NotFound),
            _ => new(GitFailureKind.ServerError, status.ToString(CultureInfo.InvariantCulture)),
        };
}

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
