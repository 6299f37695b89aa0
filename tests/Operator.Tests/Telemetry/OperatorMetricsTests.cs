using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.Kubernetes;
using Stromboli.Operator.Hosting;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Tests.Hosting;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Telemetry;

public sealed class OperatorMetricsTests
{
    [Fact]
    public async Task Page_OfARunningOperator_HasEveryInstrumentWithItsType()
    {
        using var instruments = new Instruments();
        await using var api = await FakeApiServer.StartAsync();
        await using var host = OperatorHost.Build(TestOperator.Options(), new KubeConfig { Server = api.Address });
        await host.StartAsync();
        // These exist only after a reconcile. All others exist from the start.
        KubeMetrics.Reconciles.Add(1);
        KubeMetrics.ReconcileDuration.Record(0.02);
        KubeMetrics.Relists.Add(1);
        using var http = new HttpClient();
        var address = new Uri(TestOperator.HealthAddress(host), "/metrics");

        var page = "";
        await Eventually.TrueAsync(async () =>
        {
            page = await http.GetStringAsync(address);
            return instruments.All.All(i => page.Contains($"# TYPE {NameOf(i)} ", StringComparison.Ordinal));
        });
        await host.StopAsync();

        var lines = page.Split('\n');
        Assert.InRange(instruments.All.Count, 13, 100);
        Assert.All(instruments.All, i => Assert.Contains($"# TYPE {NameOf(i)} {TypeOf(i)}", lines));
        // Counters exist from the start. Other tests of this process may have counted meanwhile.
        Assert.Contains(lines, l => l.StartsWith("stromboli_node_reports_dropped_total{} ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("stromboli_node_refusals_total{reason=\"Unauthenticated\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("kubernetes_events_dropped_total{cause=\"queue-full\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("kubernetes_controller_duration_seconds_bucket{le=\"0.025\"} ", StringComparison.Ordinal));
        Assert.Contains(
            lines,
            l =>
                l.StartsWith("kubernetes_client_duration_seconds_bucket{", StringComparison.Ordinal)
                && l.Contains("le=\"0.005\"", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("otel_scope", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Instruments_AllOfThem_AreInTheGuide()
    {
        using var instruments = new Instruments();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        new HubMetrics(services.GetRequiredService<IMeterFactory>()).Begin();
        KubeMetrics.Begin();

        var guide = File.ReadAllText(Guide());

        Assert.All(instruments.All, i => Assert.Contains($"`{NameOf(i)}`", guide, StringComparison.Ordinal));
    }

    private static string Guide([CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "..", "..", "..", "docs", "operations", "operator.md");

    private static string NameOf(Instrument instrument) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "") + (instrument is Counter<long> ? "_total" : "");

    private static string TypeOf(Instrument instrument) =>
        instrument switch
        {
            Counter<long> => "counter",
            UpDownCounter<long> => "gauge",
            Histogram<double> => "histogram",
            _ => $"no type is known for {instrument.GetType()}",
        };

    /// <summary>The instruments that the operator has made, by name.</summary>
    private sealed class Instruments : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, Instrument> _byName = [];

        public Instruments()
        {
            _listener.InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name is not (HubMetrics.MeterName or KubeMetrics.MeterName))
                {
                    return;
                }

                lock (_byName)
                {
                    _byName[instrument.Name] = instrument;
                }
            };
            _listener.Start();
        }

        public IReadOnlyCollection<Instrument> All
        {
            get
            {
                lock (_byName)
                {
                    return [.. _byName.Values];
                }
            }
        }

        public void Dispose() => _listener.Dispose();
    }
}
