using System.Security.Cryptography.X509Certificates;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Telemetry;

namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// Keeps a link to the operator: dials the addresses in turn without end, and serves each link until it ends. Losing a link does not affect
/// attempts; only the end of the lease does.
/// </summary>
internal sealed partial class OperatorLink(LinkSettings settings, LinkSession.Services services, ILogger<OperatorLink> logger)
    : BackgroundService
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LastBackoff = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var address in settings.Operators)
            {
                failures = await TryServeAsync(address, stoppingToken) ? 0 : failures + 1;
            }

            await Task.Delay(Backoff(failures / settings.Operators.Count), services.Clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Returns whether the link lasted for a while. If an operator ends links at once, the bridge also dials less and less often.
    private async Task<bool> TryServeAsync(Uri address, CancellationToken cancellationToken)
    {
        long? connected = null;
        try
        {
            using var authorities = new Authorities(settings.CaFile);
            var token = await services.Token.ReadAsync(cancellationToken);
            await using var channel = await NodeLinkClient.ConnectAsync(
                address,
                settings.Node,
                token,
                authorities.Certificates,
                cancellationToken
            );
            Log.Connected(logger, address);
            connected = services.Clock.GetTimestamp();
            using var counted = new CountedLink();
            await using var streams = services.Streams.Begin(
                new StreamClient(address, settings.Node, authorities.Certificates),
                services.Token.ReadAsync
            );
            await new LinkSession(channel, settings.Node, services, streams.Open).RunAsync(cancellationToken);
            return Lasted();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (NodeLinkRefusedException e) when (e.Reason == RefusalReason.NotLeader)
        {
            BridgeMetrics.NotLinked(LinkResult.Standby);
            Log.Standby(logger, address);
            return false;
        }
        catch (Exception e)
        {
            if (connected is null)
            {
                BridgeMetrics.NotLinked(LinkResult.Failed);
            }

            Log.LinkEnded(logger, address, e.Message);
            return Lasted();
        }

        bool Lasted() => connected is { } since && services.Clock.GetElapsedTime(since) >= LastBackoff;
    }

    private static TimeSpan Backoff(int rounds)
    {
        var bound = Math.Min(LastBackoff.TotalMilliseconds, FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(rounds, 10)));
#pragma warning disable CA5394 // Jitter needs no secrecy.
        return TimeSpan.FromMilliseconds(bound * (0.5 + (Random.Shared.NextDouble() / 2)));
#pragma warning restore CA5394
    }

    private sealed class CountedLink : IDisposable
    {
        public CountedLink() => BridgeMetrics.LinkBegan();

        public void Dispose() => BridgeMetrics.LinkEnded();
    }

    private sealed class Authorities : IDisposable
    {
        public Authorities(string path) => Certificates.ImportFromPemFile(path);

        public X509Certificate2Collection Certificates { get; } = [];

        public void Dispose()
        {
            foreach (var certificate in Certificates)
            {
                certificate.Dispose();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to the operator at {Address}")]
        public static partial void Connected(ILogger logger, Uri address);

        [LoggerMessage(LogLevel.Debug, "The operator at {Address} is a standby")]
        public static partial void Standby(ILogger logger, Uri address);

        [LoggerMessage(LogLevel.Warning, "No link to the operator at {Address}: {Error}")]
        public static partial void LinkEnded(ILogger logger, Uri address, string error);
    }
}
