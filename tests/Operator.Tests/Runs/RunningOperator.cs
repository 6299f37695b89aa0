using Microsoft.Extensions.DependencyInjection;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Tests.Scheduling;

namespace Stromboli.Operator.Tests.Runs;

/// <summary>The runs' part of an operator, as it is wired, against an API server in this process.</summary>
internal sealed class RunningOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly ServiceProvider _services;
    private readonly Task _working;

    private RunningOperator(ServiceProvider services)
    {
        _services = services;
        var controller = services.GetRequiredService<RunController>();
        _working = Task.WhenAll(
            Task.Run(() => controller.RunAsync(_ending.Token)),
            Task.Run(() => services.GetRequiredService<EventRecorder>().RunAsync(_ending.Token))
        );
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
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(api.Client());
        services.AddSingleton(s => new EventRecorder(
            s.GetRequiredService<KubeClient>(),
            new EventRecorderOptions { ReportingController = "test", ReportingInstance = "test" }
        ));
        services.AddSingleton<INodeRegistry>(nodes);
        services.AddSingleton<INodeHub, FakeHub>();
        services.AddSingleton<ILeadership, FakeLeadership>();
        services.AddSingleton((configure ?? (o => o))(RunCases.Options));
        services.AddRuns();
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
