using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.Kubernetes;
using Stromboli.Operator.Hosting;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Tests.Hosting;
using Stromboli.Operator.Webhooks;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Telemetry;

public sealed class OperatorMetricsTests
{
    [Fact]
    public async Task Page_OfARunningOperator_HasEveryInstrumentWithItsType()
    {
        using var instruments = Seen();
        await using var api = await FakeApiServer.StartAsync();
        await using var host = OperatorHost.Build(TestOperator.Options(), new KubeConfig { Server = api.Address });
        await host.StartAsync();
        // These exist only after a reconcile, or after a run. All others exist from the start.
        KubeMetrics.BeginController("test", 1);
        KubeMetrics.ReconcileBegan("test");
        KubeMetrics.ReconcileEnded("test", KubeMetrics.ReconcileResults.Success, TimeSpan.FromMilliseconds(20));
        KubeMetrics.Relists.Add(1);
        using var queue = Worked();
        RunMetricsTests.CountARun(host.Services.GetRequiredService<RunMetrics>());
        using var http = new HttpClient();
        var address = new Uri(TestOperator.HealthAddress(host), "/metrics");

        var page = "";
        await Eventually.TrueAsync(async () =>
        {
            page = await http.GetStringAsync(address);
            return instruments.All.All(i => page.Contains($"# TYPE {MetricsGuide.NameOf(i)} ", StringComparison.Ordinal));
        });
        await host.StopAsync();

        var lines = page.Split('\n');
        Assert.InRange(instruments.All.Count, 13, 100);
        Assert.All(instruments.All, i => Assert.Contains($"# TYPE {MetricsGuide.NameOf(i)} {MetricsGuide.TypeOf(i)}", lines));
        // Counters exist from the start. Other tests of this process may have counted meanwhile.
        Assert.Contains(lines, l => l.StartsWith("stromboli_node_reports_dropped_total{} ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("stromboli_node_refusals_total{reason=\"Unauthenticated\"} ", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("kubernetes_events_dropped_total{cause=\"queue-full\"} ", StringComparison.Ordinal));
        Assert.Contains("stromboli_runs_finished_total{outcome=\"Failed\",reason=\"TimedOut\"} 0", lines.Select(WithoutTime));
        Assert.Contains("stromboli_queue_length{reason=\"Queued\"} 0", lines.Select(WithoutTime));
        Assert.Contains(
            lines,
            l =>
                l.StartsWith(
                    "controller_runtime_reconcile_time_seconds_bucket{controller=\"test\",le=\"0.025\"} ",
                    StringComparison.Ordinal
                )
        );
        Assert.Contains(
            lines,
            l =>
                l.StartsWith("kubernetes_client_duration_seconds_bucket{", StringComparison.Ordinal)
                && l.Contains("le=\"0.005\"", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("otel_scope", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Instruments_AllOfThem_AreExactlyThoseInTheGuide()
    {
        using var instruments = Seen();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        new HubMetrics(services.GetRequiredService<IMeterFactory>()).Begin();
        RunMetricsTests.Metrics(services).Begin();
        _ = new WebhookMetrics(services.GetRequiredService<IMeterFactory>());
        KubeMetrics.Begin();
        using var queue = Worked();

        var documented = MetricsGuide.Rows("Operator");

        Assert.Equal(
            instruments.All.Select(i => $"{MetricsGuide.NameOf(i)} {MetricsGuide.TypeOf(i)}").Order(StringComparer.Ordinal),
            documented.Select(row => $"{row.Key} {row.Value}").Order(StringComparer.Ordinal)
        );
    }

    private static SeenInstruments Seen() => new(meter => meter.Name is HubMetrics.MeterName or KubeMetrics.MeterName);

    // A queue on which a key was added, taken, failed and done.
    private static WorkQueue<int> Worked()
    {
        var queue = new WorkQueue<int>(name: "test");
        queue.Add(1);
        _ = queue.TakeAsync(CancellationToken.None);
        queue.AddWithBackoff(1, TimeSpan.FromHours(1));
        queue.Done(1);
        return queue;
    }

    // Some exporters append the time of the measurement.
    private static string WithoutTime(string line) => string.Join(' ', line.Split(' ').Take(2));
}
