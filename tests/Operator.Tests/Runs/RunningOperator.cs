using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Tests.Decisions;
using Stromboli.Operator.Tests.Scheduling;

namespace Stromboli.Operator.Tests.Runs;

/// <summary>The runs' part of an operator, registered as in production, against an API server in this process.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    // The fake API server lists sessions, but it cannot watch them. A test that has sessions runs this informer itself.
    private const string SessionInformer = "The informer of agentsessions";

    private readonly CancellationTokenSource _ending = new();
    private readonly ServiceProvider _services;
    private readonly Task _working;

    private RunningOperator(ServiceProvider services)
    {
        _services = services;
        // Like the leader, make all tasks before the first one runs.
        var tasks = services.GetServices<LeaderTask>().Where(task => task.Name != SessionInformer).ToList();
        _working = Task.WhenAll(tasks.Select(task => Task.Run(() => task.RunAsync(_ending.Token))));
    }

    public FakeNodes Nodes => (FakeNodes)_services.GetRequiredService<INodeRegistry>();

    public FakeHub Hub => (FakeHub)_services.GetRequiredService<INodeHub>();

    public FakeLeadership Leadership => (FakeLeadership)_services.GetRequiredService<ILeadership>();

    public RunStore Store => _services.GetRequiredService<RunStore>();

    public static async Task<RunningOperator> StartAsync(
        FakeApi api,
        FakeNodes? nodes = null,
        Func<RunOptions, RunOptions>? configure = null,
        TimeProvider? clock = null
    )
    {
        if (nodes is null)
        {
            nodes = new();
            nodes.Set(Node("node-1"));
        }
        var options = (configure ?? (o => o))(RunCases.Options);
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(clock ?? TimeProvider.System)
            .AddSingleton(api.Client())
            .AddSingleton<INodeRegistry>(nodes)
            .AddSingleton<INodeHub, FakeHub>()
            .AddSingleton<ILeadership, FakeLeadership>()
            .AddEvents("test")
            .AddStores(options.Defaults)
            .AddScheduling()
            .AddInputs(options.Inputs)
            .AddSingleton<SessionWriter>()
            .AddMetrics()
            .AddSingleton(s => new RunMetrics(s.GetRequiredService<IMeterFactory>(), [], s.GetRequiredService<RunQueue>().Lengths))
            .AddSingleton<RunTelemetry>()
            .AddRuns(options);
        var made = new RunningOperator(services.BuildServiceProvider());
        await made.Store.Informer.WaitForSyncAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        return made;
    }

    public static NodeView Node(string name) => SchedulingCases.Node(name) with { LostAt = TimeProvider.System.GetUtcNow().AddMinutes(10) };

    public bool Observe(string node, AttemptObservation observation) =>
        _services.GetRequiredService<IObservationSink>().Observe(node, observation);

    public Task<IReadOnlyList<DesiredAttempt>> SnapshotAsync(string node) =>
        _services.GetRequiredService<IDesiredAttempts>().ForNodeAsync(node, default);

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public RunPhase? Phase(string uid) => Store.Find(uid)?.Status?.Phase;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _working;
        await _services.DisposeAsync();
        _ending.Dispose();
    }
}
