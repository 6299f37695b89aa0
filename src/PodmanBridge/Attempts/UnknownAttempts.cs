using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The ends of attempts that the operator asks about and that never began here, or whose state was lost. If the state was lost, the agent
/// may still run. Once the end is reported another attempt may begin, so the leftovers are removed first.
/// </summary>
internal sealed partial class UnknownAttempts(
    IShimContainers containers,
    ContainerSettings settings,
    AttemptVolumes volumes,
    WorkspaceClones clones,
    AttemptChanges changes,
    TimeProvider clock,
    ILogger<UnknownAttempts> logger
) : IAsyncDisposable
{
    private static readonly Retry Retry = new(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(10));

    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();

    // Null until the end may be reported.
    private readonly Dictionary<AttemptKey, AttemptObservation?> _ends = [];
    private readonly Dictionary<AttemptKey, Task> _removals = [];

    /// <summary>The attempts, including those whose end is not reported yet.</summary>
    public IReadOnlyCollection<AttemptKey> Keys
    {
        get
        {
            lock (_lock)
            {
                return [.. _ends.Keys];
            }
        }
    }

    /// <summary>The ends that may be reported.</summary>
    public IReadOnlyList<AttemptObservation> Observe()
    {
        lock (_lock)
        {
            return [.. _ends.Values.OfType<AttemptObservation>()];
        }
    }

    /// <summary>The end of one attempt; null if there is none, or not yet.</summary>
    public AttemptObservation? Observe(AttemptKey key)
    {
        lock (_lock)
        {
            return _ends.GetValueOrDefault(key);
        }
    }

    /// <summary>Whether the attempt is one of these.</summary>
    public bool Contains(AttemptKey key)
    {
        lock (_lock)
        {
            return _ends.ContainsKey(key);
        }
    }

    /// <summary>Ends an attempt, as soon as nothing of it is left on the node. An attempt that has an end keeps it.</summary>
    public void End(AttemptKey key, RunReason reason, string message)
    {
        lock (_lock)
        {
            if (!_ends.TryAdd(key, null))
            {
                return;
            }

            var observation = new AttemptObservation
            {
                UID = key.UID,
                Attempt = key.Attempt,
                Stage = AttemptStage.Ended,
                End = new AttemptEnd
                {
                    Reason = reason,
                    Message = message,
                    EndedAgoMs = 0,
                },
            };
            _removals[key] = Task.Run(() => EndAsync(key, observation));
        }
    }

    /// <summary>The operator no longer waits for the end. Leftovers on the node are still removed.</summary>
    public void Forget(AttemptKey key)
    {
        lock (_lock)
        {
            _ends.Remove(key);
        }
    }

    /// <summary>Waits for the removals that are under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        Task[] removals;
        lock (_lock)
        {
            removals = [.. _removals.Values];
        }

        await Task.WhenAll(removals).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task EndAsync(AttemptKey key, AttemptObservation end)
    {
        if (!await Retry.RunAsync(() => RemoveAsync(key), e => Log.NotRemoved(logger, key, e.Message), clock, _stopping.Token))
        {
            return;
        }

        lock (_lock)
        {
            _removals.Remove(key);
            if (_ends.ContainsKey(key))
            {
                _ends[key] = end;
            }
        }

        changes.Add(key);
    }

    private async Task RemoveAsync(AttemptKey key)
    {
        await using var container = containers.Create(
            new ShimContainerIdentity
            {
                Name = settings.NamesOf(key).Container,
                Kind = "container",
                RunDirectory = settings.RunDirectoryOf(key),
                LogPath = "",
                Shim = () => FileIdentity.Of(settings.ShimPath),
                Released = static () => false,
            }
        );
        await container.RemoveAsync(_stopping.Token);
        await clones.RemoveAsync(key, _stopping.Token);
        await volumes.RemoveAsync(key, _stopping.Token);
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "What may be left of attempt {Attempt} could not be removed, retrying before its end is reported: {Error}"
        )]
        public static partial void NotRemoved(ILogger logger, AttemptKey attempt, string error);
    }
}
