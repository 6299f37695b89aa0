using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Telemetry;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Telemetry;

/// <summary>Counting stored statuses, also of tenants who try to grow the number of series.</summary>
public sealed class RunMetricsTests : IDisposable
{
    private static readonly DateTimeOffset Created = new(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ManualTimeProvider _clock = new(Created.AddSeconds(90));
    private readonly SeenInstruments _seen;
    private readonly RunTelemetry _telemetry;

    public RunMetricsTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        // Other tests of this process have meters of the same name.
        _seen = new(meter => ReferenceEquals(meter.Scope, factory));
        _telemetry = new RunTelemetry(Metrics(_services), _clock);
    }

    [Fact]
    public void Stored_TheLifeOfARun_CountsEachChangeOnce()
    {
        var fresh = Run("team-a");
        var placed = With(fresh, status => status with { Attempt = 1, Attempts = [Attempt(1)], Conditions = [Is("Scheduled", "True")] });
        var running = With(placed, status => status with { Conditions = [Is("Scheduled", "True"), Is("Started", "True")] });
        var ended = With(running, status => Ended(status, RunReason.Completed, "True"));

        _telemetry.Stored(fresh, placed, Created.AddSeconds(5));
        _telemetry.Stored(placed, running, Created.AddSeconds(6));
        _telemetry.Stored(running, ended, Created.AddSeconds(89));
        // The TTL of the run is over, say.
        _telemetry.Stored(ended, ended, Created.AddSeconds(95));

        Assert.Equal(1, _seen.SumOf("stromboli.runs.accepted{}"));
        Assert.Equal(1, _seen.SumOf("stromboli.attempts.started{}"));
        Assert.Equal(5, _seen.SumOf("stromboli.queue.wait{}"));
        Assert.Equal(90, _seen.SumOf("stromboli.run.start{}"));
        Assert.Equal(1, _seen.SumOf("stromboli.attempts.ended{reason=Completed}"));
        Assert.Equal(1, _seen.SumOf("stromboli.runs.finished{outcome=Succeeded,reason=Completed}"));
        Assert.Equal(1, _seen.SumOf("stromboli.namespace.runs.finished{namespace=team-a,outcome=Succeeded}"));
        Assert.Equal(90, _seen.SumOf("stromboli.run.duration{outcome=Succeeded}"));
        Assert.Equal(10, _seen.SumOf("stromboli.tokens{model=priced,namespace=team-a,type=input}"));
        Assert.Equal(20, _seen.SumOf("stromboli.tokens{model=priced,namespace=team-a,type=output}"));
        Assert.Equal(0.5, _seen.SumOf("stromboli.cost_usd{model=priced,namespace=team-a}"));
    }

    [Fact]
    public void Stored_ASecondAttempt_CountsOnlyWhatItAdds()
    {
        var first = With(Run("team-a"), status => status with { Attempt = 1, Attempts = [Attempt(1)] });
        var between = With(first, status => status with { Attempts = [Over(1, RunReason.Crashed)], Usage = Usage(10, 20, "0.5") });
        var second = With(between, status => status with { Attempt = 2, Attempts = [Over(1, RunReason.Crashed), Attempt(2)] });
        var ended = With(
            second,
            status =>
                Ended(status, RunReason.Completed, "True") with
                {
                    Attempts = [Over(1, RunReason.Crashed), Over(2, RunReason.Completed)],
                    Usage = Usage(15, 50, "0.75"),
                }
        );

        _telemetry.Stored(first, between, Created);
        _telemetry.Stored(between, second, Created);
        _telemetry.Stored(second, ended, Created);

        Assert.Equal(1, _seen.SumOf("stromboli.attempts.ended{reason=Crashed}"));
        Assert.Equal(1, _seen.SumOf("stromboli.attempts.ended{reason=Completed}"));
        Assert.Equal(15, _seen.SumOf("stromboli.tokens{model=other,namespace=team-a,type=input}") + Input("priced"));
        Assert.Equal(0.75, _seen.SumOf("stromboli.cost_usd{model=other,namespace=team-a}") + Cost("priced"));
        Assert.Equal([], _seen.SeriesOf("stromboli.queue.wait"));
    }

    [Fact]
    public void Stored_RunsOfMoreNamespacesAndModelsThanThereMayBe_AreOther()
    {
        for (var i = 0; i < 3 * RunMetrics.MaxNamespaces; i++)
        {
            var run = With(Run($"tenant-{i}"), status => status with { Attempt = 1, Attempts = [Attempt(1)] });
            _telemetry.Stored(
                run,
                With(run, status => Ended(status, RunReason.AgentError, "False") with { Model = $"made-up-{i}" }),
                Created
            );
        }

        Assert.Equal(RunMetrics.MaxNamespaces + 1, _seen.SeriesOf("stromboli.namespace.runs.finished").Count);
        Assert.Equal(2 * RunMetrics.MaxNamespaces, _seen.SumOf("stromboli.namespace.runs.finished{namespace=other,outcome=Failed}"));
        Assert.Equal(4 * (RunMetrics.MaxNamespaces + 1), _seen.SeriesOf("stromboli.tokens").Count);
        Assert.All(_seen.SeriesOf("stromboli.tokens"), series => Assert.Contains("model=other", series));
    }

    public void Dispose()
    {
        _seen.Dispose();
        _services.Dispose();
    }

    internal static RunMetrics Metrics(IServiceProvider services) =>
        new(
            services.GetRequiredService<IMeterFactory>(),
            [
                new ModelPrice
                {
                    Model = "priced",
                    Input = 1,
                    Output = 1,
                    CacheRead = 1,
                    CacheWrite = 1,
                    CacheWriteHour = 1,
                },
            ],
            () => new Dictionary<RunReason, int> { [RunReason.Queued] = 2 }
        );

    /// <summary>Counts a run from its start to its end.</summary>
    internal static void CountARun(RunMetrics metrics)
    {
        var run = With(Run("team-a"), status => status with { Attempts = [Attempt(1)] });
        var ended = With(run, status => Ended(status, RunReason.Completed, "True"));
        metrics.Accepted();
        metrics.AttemptStarted(TimeSpan.FromSeconds(1));
        metrics.AgentStarted(TimeSpan.FromSeconds(2));
        metrics.AttemptEnded(run, ended, RunReason.Completed);
        metrics.Finished(ended, TimeSpan.FromSeconds(3));
    }

    private double Input(string model) => _seen.SumOf($"stromboli.tokens{{model={model},namespace=team-a,type=input}}");

    private double Cost(string model) => _seen.SumOf($"stromboli.cost_usd{{model={model},namespace=team-a}}");

    private static AgentRun Run(string ns) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "run",
                Namespace = ns,
                Uid = Guid.NewGuid().ToString(),
                CreationTimestamp = Created,
            },
        };

    private static AgentRun With(AgentRun run, Func<AgentRunStatus, AgentRunStatus> change) =>
        run with
        {
            Status = change(run.Status ?? new AgentRunStatus()),
        };

    private static AgentRunStatus Ended(AgentRunStatus status, RunReason reason, string succeeded) =>
        status with
        {
            Conditions = [Is("Started", "True"), Is("Succeeded", succeeded)],
            Reason = reason,
            Attempts = [Over(1, reason)],
            Model = "priced",
            Usage = Usage(10, 20, "0.5"),
        };

    private static RunAttempt Attempt(int number) =>
        new()
        {
            Attempt = number,
            Node = "node-1",
            StartTime = Created,
        };

    private static RunAttempt Over(int number, RunReason reason) =>
        Attempt(number) with
        {
            EndTime = Created.AddSeconds(60),
            Reason = reason,
        };

    private static RunUsage Usage(long input, long output, string cost) =>
        new()
        {
            InputTokens = input,
            OutputTokens = output,
            CostUSD = cost,
        };

    private static Condition Is(string type, string status) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = "Completed",
        };
}
