using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// Waits for the lead, starts what only the leader does, opens the hub, and ends the process when the lead is lost. Registered first, so
/// that it stops last. The informers start only now, so that their first list is younger than the last leader's writes: a snapshot for a
/// node that missed the last of these would drop running attempts.
/// </summary>
internal sealed partial class LeaderService : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private readonly OperatorLeadership _leadership;
    private readonly IReadOnlyList<LeaderTask> _tasks;
    private readonly IReadOnlyList<LeaderSync> _syncs;
    private readonly NodeRegistry _registry;
    private readonly HubDoor _door;
    private readonly NodeHub _hub;
    private readonly LeaderLabel _label;
    private readonly KubeClient _client;
    private readonly ExitCode _exit;
    private readonly IHostApplicationLifetime _host;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderService> _logger;
    private Task _closing = Task.CompletedTask;

    public LeaderService(
        OperatorLeadership leadership,
        IEnumerable<LeaderTask> tasks,
        IEnumerable<LeaderSync> syncs,
        NodeRegistry registry,
        HubDoor door,
        NodeHub hub,
        LeaderLabel label,
        KubeClient client,
        ExitCode exit,
        IHostApplicationLifetime host,
        TimeProvider clock,
        ILogger<LeaderService> logger
    )
    {
        _leadership = leadership;
        _tasks = [.. tasks];
        _syncs = [.. syncs];
        _registry = registry;
        _door = door;
        _hub = hub;
        _label = label;
        _client = client;
        _exit = exit;
        _host = host;
        _clock = clock;
        _logger = logger;
    }

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // Before anything is stopped: the web server, which stops first, waits for its connections.
        _host.ApplicationStopping.Register(() => _closing = _hub.CloseAsync(RefusalReason.NotLeader, "This operator is stopping."));
        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _closing;
        await base.StopAsync(cancellationToken);
        await _leadership.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _label.SetAsync(leads: false, stoppingToken);
        using var lost = await _leadership.AcquireAsync(stoppingToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lost.Token);
        List<Task> working = [.. _tasks.Select(t => RunAsync(t, either))];
        try
        {
            await LeadAsync(either.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, _clock, either.Token);
        }
        catch (OperationCanceledException)
        {
            End(stoppingToken.IsCancellationRequested, lost.IsCancellationRequested);
        }

        await Task.WhenAll(working);
    }

    private void End(bool stopping, bool lost)
    {
        if (stopping)
        {
            Log.Stopping(_logger);
            return;
        }

        if (lost)
        {
            Log.Lost(_logger, _leadership.Epoch);
        }

        _exit.Code = lost ? ExitCode.LeadLost : ExitCode.Fault;
        _host.StopApplication();
    }

    // One part of the leader that fails for good ends the whole: the next leader starts it afresh.
    private async Task RunAsync(LeaderTask task, CancellationTokenSource all)
    {
        try
        {
            await task.RunAsync(all.Token);
        }
        catch (OperationCanceledException) when (all.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e)
        {
            Log.Failed(_logger, task.Name, e);
        }

        if (!all.IsCancellationRequested)
        {
            await all.CancelAsync();
        }
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_syncs.Select(s => s.WaitAsync(cancellationToken)));
        var installation = await ReadInstallationAsync(cancellationToken);
        _registry.LeadBegins();
        _door.Open(installation);
        _leadership.Begin();
        Log.Leads(_logger, _leadership.Epoch);
        await _label.SetAsync(leads: true, cancellationToken);
    }

    private async Task<string> ReadInstallationAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var system = await _client.GetAsync(BuiltIn.Namespaces, NamespacedName.Cluster("kube-system"), cancellationToken);
                return system.Metadata.Uid ?? throw new InvalidOperationException("The namespace kube-system has no UID.");
            }
            catch (ApiException e)
            {
                Log.NoInstallation(_logger, e.Message);
                await Task.Delay(Retry, _clock, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "This operator leads, epoch {Epoch}; bridges may connect")]
        public static partial void Leads(ILogger logger, long epoch);

        [LoggerMessage(LogLevel.Critical, "The lead of epoch {Epoch} is lost; this process ends")]
        public static partial void Lost(ILogger logger, long epoch);

        [LoggerMessage(LogLevel.Critical, "{Task} has failed; this process ends")]
        public static partial void Failed(ILogger logger, string task, Exception error);

        [LoggerMessage(LogLevel.Information, "Stopping")]
        public static partial void Stopping(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "The namespace kube-system could not be read, trying again: {Message}")]
        public static partial void NoInstallation(ILogger logger, string message);
    }
}
