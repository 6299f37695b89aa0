using Stromboli.Cli.Output;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Runs;

/// <summary>
/// Says on the standard error how far a run is: a line that is redrawn every second on a terminal, a line for each change elsewhere.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private readonly Screen _screen;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly ITimer? _timer;
    private AgentRun? _run;
    private string _shown = "";

    /// <summary>Makes one; it prints nothing before the first state.</summary>
    public ProgressLine(Screen screen, TimeProvider clock)
    {
        (_screen, _clock) = (screen, clock);
        _timer = screen.ErrorIsTerminal
            ? clock.CreateTimer(_ => Redraw(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))
            : null;
    }

    /// <summary>Shows a state.</summary>
    public void Show(AgentRun run)
    {
        lock (_lock)
        {
            _run = run;
        }

        Redraw();
    }

    /// <summary>Removes the line from a terminal.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock)
        {
            _run = null;
            if (_screen.ErrorIsTerminal && _shown.Length > 0)
            {
                _screen.Error.Write("\r\e[K");
                _screen.Error.Flush();
                _shown = "";
            }
        }
    }

    /// <summary>The line for a state.</summary>
    /// <param name="run">The run.</param>
    /// <param name="now">The time; null to leave out what changes with it.</param>
    public static string Text(AgentRun run, DateTimeOffset? now)
    {
        var status = run.Status;
        var attempt = status?.Attempt > 1 ? $" (attempt {status.Attempt})" : "";
        return $"{SafeText.Line(run.Metadata.Name)}: "
            + status?.Phase switch
            {
                RunPhase.Queued => $"queued{(status.QueuePosition is { } place ? $" at {place}" : "")}{Why(status, RunReason.Queued)}",
                RunPhase.Preparing => $"preparing on {SafeText.Line(status.NodeName)}{attempt}",
                RunPhase.Running => $"running{Elapsed(status, now)}{Spent(status)} on {SafeText.Line(status.NodeName)}{attempt}",
                RunPhase.Succeeded or RunPhase.Failed or RunPhase.Cancelled => status.Phase.ToString()!.ToLowerInvariant(),
                _ => $"pending{Why(status, null)}",
            };
    }

    private static string Why(AgentRunStatus? status, RunReason? obvious) =>
        status?.Reason is not { } reason || reason == obvious ? ""
        : string.IsNullOrWhiteSpace(status.Message) ? $", {reason}"
        : $", {reason}: {SafeText.Line(status.Message)}";

    private static string Elapsed(AgentRunStatus status, DateTimeOffset? now) =>
        now is { } time && Conditions.Find(status.Conditions, RunConditions.Started) is { Status: ConditionStatus.True } started
            ? $" {Texts.Age(time - started.LastTransitionTime)}"
            : "";

    private static string Spent(AgentRunStatus status) =>
        Texts.Money(status.Usage?.CostUSD ?? status.Budget?.CostUSD) is { Length: > 0 } cost ? $", {cost}" : "";

    private void Redraw()
    {
        lock (_lock)
        {
            if (_run is null)
            {
                return;
            }

            var text = Text(_run, _screen.ErrorIsTerminal ? _clock.GetUtcNow() : null);
            if (text == _shown)
            {
                return;
            }

            _shown = text;
            if (_screen.ErrorIsTerminal)
            {
                // Without wrapping: the terminal cuts the line at its width, because one that wraps cannot be redrawn.
                _screen.Error.Write($"\r\e[K\e[?7l{_screen.PaintError(Texts.ColourOf(_run.Status?.Phase), text)}\e[?7h");
                _screen.Error.Flush();
            }
            else
            {
                _screen.Error.WriteLine(text);
            }
        }
    }
}
