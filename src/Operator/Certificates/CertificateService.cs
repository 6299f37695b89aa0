using System.Security.Cryptography;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Certificates;

/// <summary>Keeps the hub's certificate fresh: at the start, and every hour from then on.</summary>
internal sealed partial class CertificateService : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(1);

    private readonly AuthorityStore _store;
    private readonly ServingCertificate _serving;
    private readonly TimeProvider _time;
    private readonly ILogger<CertificateService> _log;

    public CertificateService(AuthorityStore store, ServingCertificate serving, TimeProvider time, ILogger<CertificateService> log)
    {
        _store = store;
        _serving = serving;
        _time = time;
        _log = log;
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
                if (_serving.Renew(bundle.Signing, _time.GetUtcNow()))
                    Log.Renewed(_log, bundle.Signing.Certificate.Subject);
                retry = FirstRetry;
            }
            catch (Exception e) when (e is ApiException or CryptographicException or KubeConfigException)
            {
                Log.Failed(_log, AuthorityStore.Name, e.Message);
                wait = retry;
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }

            await Task.Delay(wait, _time, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The hub has a new certificate, issued by {Issuer}")]
        public static partial void Renewed(ILogger log, string issuer);

        [LoggerMessage(LogLevel.Error, "The certificate authority in the Secret {Secret} cannot be used, trying again: {Message}")]
        public static partial void Failed(ILogger log, string secret, string message);
    }
}
