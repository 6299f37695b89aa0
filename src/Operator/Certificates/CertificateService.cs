using System.Security.Cryptography;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Certificates;

/// <summary>Renews the certificates of this replica at the start and every hour.</summary>
internal sealed partial class CertificateService : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private readonly AuthorityStore _store;
    private readonly ServingCertificate _serving;
    private readonly ReplicaCertificate _replica;
    private readonly TrustedAuthorities _trusted;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateService> _logger;

    public CertificateService(
        AuthorityStore store,
        ServingCertificate serving,
        ReplicaCertificate replica,
        TrustedAuthorities trusted,
        TimeProvider clock,
        ILogger<CertificateService> logger
    )
    {
        _store = store;
        _serving = serving;
        _replica = replica;
        _trusted = trusted;
        _clock = clock;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            var wait = Period;
            try
            {
                var bundle = await _store.LoadAsync(stoppingToken);
                _trusted.Set(bundle);
                _replica.Renew(bundle.Signing, _clock.GetUtcNow());
                if (_serving.Renew(bundle.Signing, _clock.GetUtcNow()))
                {
                    Log.Renewed(_logger, bundle.Signing.Certificate.Subject);
                }

                retry = FirstRetry;
            }
            catch (Exception e) when (e is ApiException or CryptographicException or KubeConfigException)
            {
                Log.Failed(_logger, AuthorityStore.Name, e.Message);
                wait = retry;
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }

            await Task.Delay(wait, _clock, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Renewed the hub's certificate, issued by {Issuer}")]
        public static partial void Renewed(ILogger logger, string issuer);

        [LoggerMessage(LogLevel.Error, "Cannot use the certificate authority in Secret {Secret}; trying again: {Message}")]
        public static partial void Failed(ILogger logger, string secret, string message);
    }
}
