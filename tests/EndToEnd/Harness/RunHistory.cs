using Stromboli.Crds.Runs;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Harness;

/// <summary>Every state of one run that a watcher saw, in order.</summary>
public sealed class RunHistory(string name)
{
    private readonly Lock _lock = new();
    private readonly List<RunState> _states = [];
    private TaskCompletionSource _news = NewSignal();

    /// <summary>The run's name.</summary>
    public string Name => name;

    /// <summary>The run's UID, once a watcher has seen the run.</summary>
    public string Uid => Last.Run.Metadata.Uid!;

    /// <summary>Whether states may be missing, because the API server went away meanwhile.</summary>
    public bool HasGap { get; internal set; }

    /// <summary>All states so far.</summary>
    public IReadOnlyList<RunState> States
    {
        get
        {
            lock (_lock)
            {
                return [.. _states];
            }
        }
    }

    /// <summary>The newest state.</summary>
    /// <exception cref="TestbedException">None was seen yet.</exception>
    public RunState Last
    {
        get
        {
            lock (_lock)
            {
                return _states.Count > 0 ? _states[^1] : throw new TestbedException($"The watcher has not seen {name} yet.");
            }
        }
    }

    /// <summary>
    /// Waits for a matching state and returns the first one. A state that was already seen counts, unless it is not newer than
    /// <paramref name="after"/>.
    /// </summary>
    /// <param name="what">The condition, as it reads after the run's name.</param>
    /// <param name="isSo">Whether a state matches.</param>
    /// <param name="within">The deadline, from now; <see cref="Poll.Timeout"/> if null.</param>
    /// <param name="after">Only later states count.</param>
    /// <exception cref="TestbedException">The deadline passed; all states are in the message.</exception>
    public async Task<RunState> UntilAsync(string what, Func<RunState, bool> isSo, TimeSpan? within = null, RunState? after = null)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(within ?? Poll.Timeout);
        var next = 0;
        while (true)
        {
            var (fresh, news) = Since(next);
            next += fresh.Count;
            if (fresh.FirstOrDefault(state => state.SeenAt > (after?.SeenAt ?? DateTimeOffset.MinValue) && isSo(state)) is { } found)
            {
                return found;
            }

            try
            {
                await news.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException e) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TestbedException(
                    $"Did not happen within {(within ?? Poll.Timeout).TotalSeconds:0.#} s: {name} {what}. It was:\n{string.Join('\n', States)}",
                    e
                );
            }
        }
    }

    /// <summary>Waits until it is or was in that phase.</summary>
    public Task<RunState> PhaseAsync(RunPhase phase, TimeSpan? within = null) =>
        UntilAsync($"is {phase}", state => state.Phase == phase, within);

    /// <summary>Waits until it has or had that reason.</summary>
    public Task<RunState> ReasonAsync(RunReason reason, TimeSpan? within = null) =>
        UntilAsync($"has the reason {reason}", state => state.Reason == reason, within);

    /// <summary>Waits until its agent runs. Fails at once if it ends before that.</summary>
    public async Task<RunState> RunningAsync(TimeSpan? within = null)
    {
        var state = await UntilAsync("runs", state => state.Phase == RunPhase.Running || state.IsFinished, within);
        return state.Phase == RunPhase.Running ? state : throw new TestbedException($"{name} ended before a watcher saw it run: {state}");
    }

    /// <summary>Waits until it has ended in any way.</summary>
    public Task<RunState> EndAsync(TimeSpan? within = null) => UntilAsync("ends", state => state.IsFinished, within);

    /// <summary>Waits until the object is gone.</summary>
    public Task<RunState> DeletedAsync(TimeSpan? within = null) => UntilAsync("is deleted", state => state.IsDeletion, within);

    internal void Add(RunState state)
    {
        TaskCompletionSource news;
        lock (_lock)
        {
            _states.Add(state);
            (news, _news) = (_news, NewSignal());
        }

        news.SetResult();
    }

    private (IReadOnlyList<RunState> Fresh, Task News) Since(int index)
    {
        lock (_lock)
        {
            return ([.. _states.Skip(index)], _news.Task);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
