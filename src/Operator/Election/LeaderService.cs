namespace Stromboli.Operator.Election;

/// <summary>
/// Waits until this process leads, runs the leader's work, and ends the process when it no longer leads. The first hosted service, so that
/// it stops last and releases the Lease last. The informers start only after the election, so that their first lists contain the last
/// writes of the previous leader. With an older list, a snapshot could omit an attempt, and its node would stop the attempt.
/// </summary>
internal sealed partial class LeaderService(
    OperatorLeadership leadership,
    IEnumerable<LeaderTask> tasks,
    IEnumerable<LeaderSync> syncs,
    IEnumerable<LeaderStart> starts,
    LeaderLabel label,
    ProcessExit exit,
    IHostApplicationLifetime host,
    TimeProvider clock,
    ILogger<LeaderService> logger
) : BackgroundService
{
    // Enumerated here, so that every controller has subscribed to its events before anything runs.
    private readonly IReadOnlyList<LeaderTask> _tasks = [.. tasks];
    private readonly IReadOnlyList<LeaderSync> _syncs = [.. syncs];
    private readonly IReadOnlyList<LeaderStart> _starts = [.. starts];

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await leadership.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await label.SetAsync(leads: false, stoppingToken);
        using var lost = await leadership.AcquireAsync(stoppingToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lost.Token);
        List<Task> working = [.. _tasks.Select(t => RunAsync(t, either))];
        try
        {
            await LeadAsync(either.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, either.Token);
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
            Log.Stopping(logger);
            return;
        }

        if (lost)
        {
            Log.Lost(logger, leadership.Epoch);
        }

        exit.Code = lost ? ProcessExit.LeadershipLost : ProcessExit.Fault;
        host.StopApplication();
    }

    // If one task fails, the leader stops. The next leader starts all tasks again.
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
            Log.Failed(logger, task.Name, e);
        }

        if (!all.IsCancellationRequested)
        {
            await all.CancelAsync();
        }
    }

    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_syncs.Select(s => s.WaitAsync(cancellationToken)));
        foreach (var start in _starts)
        {
            await start.RunAsync(cancellationToken);
        }

        leadership.Begin();
        Log.Leads(logger, leadership.Epoch);
        await label.SetAsync(leads: true, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "This operator leads with epoch {Epoch}; bridges may connect")]
        public static partial void Leads(ILogger logger, long epoch);

        [LoggerMessage(LogLevel.Critical, "Leadership of epoch {Epoch} is lost; this process exits")]
        public static partial void Lost(ILogger logger, long epoch);

        [LoggerMessage(LogLevel.Critical, "{Task} failed; this process exits")]
        public static partial void Failed(ILogger logger, string task, Exception error);

        [LoggerMessage(LogLevel.Information, "Stopping")]
        public static partial void Stopping(ILogger logger);
    }
}
