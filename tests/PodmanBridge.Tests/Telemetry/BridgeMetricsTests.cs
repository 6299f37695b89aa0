using System.Diagnostics.Metrics;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Telemetry;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Telemetry;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Telemetry;

public sealed class BridgeMetricsTests
{
    [Fact]
    public void Instruments_AllOfThem_AreExactlyThoseInTheGuide()
    {
        using var instruments = new SeenInstruments(meter =>
            meter.Name is BridgeMetrics.MeterName or GatewayMetrics.MeterName or PodmanMetrics.MeterName
        );
        BridgeMetrics.Observe(() => [new Measurement<int>(1)], () => TimeSpan.Zero, () => false);
        BridgeMetrics.Begin();
        GatewayMetrics.Begin();
        PodmanMetrics.Begin();

        var documented = MetricsGuide.Rows("Bridge");

        Assert.Equal(
            instruments.All.Select(i => $"{MetricsGuide.NameOf(i)} {MetricsGuide.TypeOf(i)}").Order(StringComparer.Ordinal),
            documented.Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Begin_OfKnownLabels_StartsThemAtZero()
    {
        using var instruments = new SeenInstruments(meter => meter.Name is BridgeMetrics.MeterName or GatewayMetrics.MeterName);
        BridgeMetrics.Begin();
        GatewayMetrics.Begin();

        Assert.Equal(Enum.GetValues<RunReason>().Length, instruments.SeriesOf("stromboli.bridge.attempts.ended").Count);
        Assert.Equal(Enum.GetValues<ReliefKind>().Length, instruments.SeriesOf("stromboli.disk.relief").Count);
        Assert.Contains(
            "stromboli.gateway.requests.refused{gateway=model,reason=budget}",
            instruments.SeriesOf("stromboli.gateway.requests.refused")
        );
    }
}
