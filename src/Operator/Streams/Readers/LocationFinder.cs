using Stromboli.Crds;
using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Finds the node of a run or session. Who follows the log of a run that has not begun waits for it.</summary>
internal sealed class LocationFinder(RunStore runs, SessionStore sessions, RunChanges changes, KubeClient client)
{
    /// <summary>Finds the node.</summary>
    /// <exception cref="StatusException">There is nothing to read.</exception>
    public async Task<StreamLocation> FindAsync(StreamRoute route, StreamQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return route.Resource.Resource == "agentsessions"
                ? StreamLocations.Of(
                    sessions.Get(route.Key) ?? await client.TryGetAsync(AgentSessionResource.Type, route.Key, cancellationToken),
                    route.Key
                )
                : await RunAsync(route.Key, query as LogQuery, cancellationToken);
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            throw StatusException.Unavailable($"The operator cannot read the {route.Resource.Kind}: {e.Message}");
        }
    }

    private async Task<StreamLocation> RunAsync(NamespacedName key, LogQuery? log, CancellationToken cancellationToken)
    {
        string? uid = null;
        Task? change = null;
        while (true)
        {
            // The informer may lag behind a client that has just created the run.
            var run = runs.Get(key) ?? await client.TryGetAsync(AgentRunResource.Type, key, cancellationToken);
            uid ??= run?.UID();
            // A run that was replaced by one of the same name is gone.
            var same = run?.UID() == uid ? run : null;
            if (StreamLocations.Of(same, key, log?.Attempt, log is { Follow: true }) is { } location)
            {
                return location;
            }

            // The first time round there is nothing to wait for: the run is looked at once more after there is a task. Only a run that
            // exists gets one, so there are not more of them than runs.
            await (change?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
            change = changes.NextAsync(key);
        }
    }
}
