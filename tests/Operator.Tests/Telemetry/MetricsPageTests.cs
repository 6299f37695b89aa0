using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Tests.Telemetry;

public sealed class MetricsPageTests
{
    [Fact]
    public void Page_AfterThingsWereCounted_HasTheirSums()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var page = new MetricsPage(meters);
        var metrics = new HubMetrics(meters);

        metrics.LinkBegan();
        metrics.LinkBegan();
        metrics.LinkEnded();
        metrics.ReportDropped();
        metrics.ReportDropped();
        metrics.Refused(RefusalReason.Fenced);

        var lines = page.ToString().Split('\n');
        Assert.Contains("# TYPE stromboli_node_reports_dropped_total counter", lines);
        Assert.Contains("stromboli_node_reports_dropped_total 2", lines);
        Assert.Contains("stromboli_node_reports_total 0", lines);
        Assert.Contains("# TYPE stromboli_node_connected gauge", lines);
        Assert.Contains("stromboli_node_connected 1", lines);
        Assert.Contains("stromboli_node_refusals_total{reason=\"Fenced\"} 1", lines);
        Assert.All(lines, line => Assert.Matches(@"^(|# (HELP|TYPE) stromboli_[a-z_]+ .+|stromboli_[a-z_]+(\{[a-z_]+=""[^""]*""\})? -?\d+)$", line));
    }

    [Fact]
    public void Page_MeterOfAnotherHost_IsLeftOut()
    {
        using var mine = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var page = new MetricsPage(mine.GetRequiredService<IMeterFactory>());

        new HubMetrics(other.GetRequiredService<IMeterFactory>()).ReportDropped();

        Assert.Empty(page.ToString());
    }
}
