using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Stromboli.Kubernetes;

/// <summary>The authorities that connections trust, and the certificate that they present.</summary>
/// <param name="Authorities">The authorities; those of the machine if null.</param>
/// <param name="AuthoritiesFingerprint">Digest of the authorities; empty if they are the machine's.</param>
/// <param name="Certificate">Our certificate, if there is one.</param>
internal sealed record TlsIdentity(X509Certificate2Collection? Authorities, string AuthoritiesFingerprint, ClientCertificate? Certificate);

/// <summary>
/// The certificates of the configuration. Those in files are read again at most every ten seconds, because clusters rotate them. A read may
/// catch a rotation half done: what was good last then serves a little longer. Not safe for use from many threads.
/// </summary>
internal sealed partial class TlsFiles(KubeConfig config, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(10);

    private TlsIdentity? _identity;
    private string? _text;
    private string? _problem;
    private long? _readAt;

    /// <summary>The certificates to use now.</summary>
    /// <exception cref="KubeConfigException">A file cannot be used, and none was read before.</exception>
    public TlsIdentity Read()
    {
        var isRecent = _readAt is { } readAt && clock.GetElapsedTime(readAt) < RereadAfter;
        if (_identity is not null && (isRecent || !HasFiles))
        {
            return _identity;
        }

        try
        {
            ReadFiles();
        }
        catch (KubeConfigException e) when (_identity is not null)
        {
            if (_problem != e.Message)
            {
                Log.NotReloaded(logger, e.Message);
            }

            _problem = e.Message;
        }

        _readAt = clock.GetTimestamp();
        return _identity!;
    }

    /// <summary>Makes the next <see cref="Read"/> read the files again.</summary>
    public void Suspect() => _readAt = null;

    private bool HasFiles => config.CertificateAuthorityFile is not null || config.ClientCertificateFile is not null;

    private void ReadFiles()
    {
        var paths = new[] { config.CertificateAuthorityFile, config.ClientCertificateFile, config.ClientKeyFile };
        var text = string.Concat(paths.Select(path => path is null ? "" : PemFiles.ReadText(path)));
        if (text == _text)
        {
            return;
        }

        var authorities =
            config.CertificateAuthority ?? (config.CertificateAuthorityFile is { } file ? PemFiles.ReadAuthorities(file) : null);
        var certificate = config.ClientCertificate ?? CertificateOfFiles();
        if (_identity is not null)
        {
            Log.Reloaded(logger);
        }

        _identity = new(authorities, authorities is null ? "" : PemFiles.Fingerprint(authorities), certificate);
        (_text, _problem) = (text, null);
    }

    private ClientCertificate? CertificateOfFiles() =>
        config switch
        {
            { ClientCertificateFile: null } => null,
            { ClientKeyFile: null } => throw new KubeConfigException(
                $"The client certificate '{config.ClientCertificateFile}' has no key."
            ),
            _ => PemFiles.ReadCertificate(config.ClientCertificateFile, config.ClientKeyFile),
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Certificate files changed: new connections use the new certificates")]
        public static partial void Reloaded(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "Cannot reload the certificate files, the old certificates stay in use: {Cause}")]
        public static partial void NotReloaded(ILogger logger, string cause);
    }
}
