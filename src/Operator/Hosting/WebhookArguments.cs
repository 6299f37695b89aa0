using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Crds.Values;
using Stromboli.Egress;
using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Hosting;

/// <summary>Reads the options of webhooks from the command line.</summary>
internal static class WebhookArguments
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(7);

    /// <summary>The default of <c>--webhook-schedule</c>.</summary>
    public static string DefaultSchedule { get; } =
        string.Join(',', WebhookSchedule.Default.Delays.Select(delay => GoDuration.Format(delay)));

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">A value is not valid.</exception>
    public static WebhookOptions Read(string[] hosts, string[] networks, string? authorities, string schedule) =>
        new()
        {
            Hosts =
                HostList.TryParse(hosts, out var invalid)
                ?? throw new UsageException(
                    $"--allow-webhook-host {invalid}: must be a host name without scheme and port, an IPv4 address, or *. and a name of at least two labels."
                ),
            AllowedNetworks = [.. networks.Select(Network)],
            Authorities = authorities is null ? [] : Load(authorities),
            Schedule = Schedule(schedule),
        };

    private static IPNetwork Network(string text) =>
        IPNetwork.TryParse(text, out var network)
            ? network
            : throw new UsageException($"--allow-webhook-cidr {text}: must be a network such as 10.1.0.0/16 or fd00:1::/64.");

    private static X509Certificate2Collection Load(string file)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(file);
            return certificates.Count > 0
                ? certificates
                : throw new UsageException($"--webhook-ca-file {file}: has no certificate in PEM.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"--webhook-ca-file {file}: {e.Message}");
        }
    }

    private static WebhookSchedule Schedule(string text)
    {
        var delays = text.Split(',', StringSplitOptions.TrimEntries).Select(part => new GoDuration(part).Value).ToList();
        return delays.Count <= WebhookSchedule.MostAttempts && delays.TrueForAll(delay => delay >= TimeSpan.Zero && delay <= LongestDelay)
            ? new([.. delays.Select(delay => delay!.Value)])
            : throw new UsageException(
                $"--webhook-schedule {text}: must be 1 to {WebhookSchedule.MostAttempts} durations of at most 168h, separated by commas, such as 0s,5s,5m."
            );
    }
}
