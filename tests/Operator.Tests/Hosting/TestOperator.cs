using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.Operator.Hosting;
using Stromboli.Operator.Pricing;

namespace Stromboli.Operator.Tests.Hosting;

/// <summary>Options of a whole operator on free ports.</summary>
internal static class TestOperator
{
    public static OperatorOptions Options() =>
        new()
        {
            Identity = "me",
            HubListen = ListenAddress.TryParse("127.0.0.1:0")!,
            HubNames = [],
            HealthListen = ListenAddress.TryParse("127.0.0.1:0")!,
            StreamsListen = ListenAddress.TryParse("127.0.0.1:0")!,
            DefaultImage = "registry.test/agent:1",
            ModelBaseURL = new Uri("https://model.example"),
            MaxCpuShares = 1024,
            NamespaceRuns = 5000,
            NamespaceSpecBytes = 32 << 20,
            Prices = PriceTable.BuiltIn,
            ApiRequestsPerSecond = 1000,
            LinkReviewsPerSecond = 100,
            NodeLostAfter = TimeSpan.FromMinutes(10),
            NodeLostGrace = TimeSpan.FromSeconds(10),
            LeaseDuration = TimeSpan.FromSeconds(15),
            LeaseRenewDeadline = TimeSpan.FromSeconds(10),
            LeaseRetryPeriod = TimeSpan.FromSeconds(2),
        };

    public static Uri HealthAddress(WebApplication host) => Addresses(host, "http").Single();

    public static Uri HubAddress(WebApplication host) => Addresses(host, "https").First();

    public static Uri StreamsAddress(WebApplication host) => Addresses(host, "https").Last();

    // In the order in which the operator listens.
    private static IEnumerable<Uri> Addresses(WebApplication host, string scheme) =>
        host
            .Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(a => new Uri(a))
            .Where(a => a.Scheme == scheme);
}
