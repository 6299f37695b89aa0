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
            GitFailureKind.AddressRefused => "its host has no public address; the node allows other origins only with --allow-git-origin",
            GitFailureKind.Unreachable => "its server does not answer",
            GitFailureKind.Tls => "the server's certificate is not trusted; give the bridge your own authority with --git-ca-file",
            GitFailureKind.CredentialMissing =>
                "the server asks for a credential: the repository is private or does not exist; set credentialsSecretRef or check the URL",
            GitFailureKind.CredentialRefused => "the server refuses the credential or does not let it read this repository",
            GitFailureKind.NotFound => "the server has no such repository, or shows it only with another credential",
            GitFailureKind.Redirected => $"the server redirects to {Detail}, and redirects are not followed; use that address instead",
            GitFailureKind.ServerError => $"the server answered with HTTP status {Detail}",
            GitFailureKind.NotGit => "the server does not speak Git's smart HTTP protocol",
            GitFailureKind.TooLarge => $"it is larger than the {Detail} bytes that the node accepts (--git-max-bytes)",
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
