using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Runs;

/// <summary>Waits for a run by a watch. It outlives breaks of the connection and restarts of the API server.</summary>
internal sealed class RunWatcher(KubeClient client, TimeProvider clock)
{
    /// <summary>How long the API server may be away before the wait is given up. The run goes on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The run as it is now.</summary>
    /// <exception cref="RunGoneException">It is not there any more.</exception>
    public async Task<AgentRun> GetAsync(NamespacedName key, string? uid, CancellationToken cancellationToken)
    {
        AgentRun? run;
        if (uid is null)
        {
            // The command names it, so its absence is the server's answer to the command.
            return await client.GetAsync(AgentRunResource.Type, key, cancellationToken);
        }

        run = await client.TryGetAsync(AgentRunResource.Type, key, cancellationToken);
        return run?.Metadata.Uid == uid ? run! : throw new RunGoneException(key);
    }

    /// <summary>Waits until the run is as asked for.</summary>
    /// <param name="key">The run.</param>
    /// <param name="uid">Its UID; that of the run found first if null.</param>
    /// <param name="isSo">What is waited for.</param>
    /// <param name="seen">Told of each state.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="RunGoneException">The run was deleted.</exception>
    /// <exception cref="ApiException">The server refused, never answered, or was away for longer than <see cref="Patience"/>.</exception>
    public async Task<AgentRun> UntilAsync(
        NamespacedName key,
        string? uid,
        Func<AgentRun, bool> isSo,
        Action<AgentRun>? seen,
        CancellationToken cancellationToken
    )
    {
        var backoff = new Backoff(clock);
        while (true)
        {
            try
            {
                var run = await GetAsync(key, uid, cancellationToken);
                uid ??= run.Metadata.Uid;
                backoff.Reset();
                seen?.Invoke(run);
                if (isSo(run))
                {
                    return run;
                }

                if (await WatchAsync(key, uid!, run.Metadata.ResourceVersion!, isSo, seen, cancellationToken) is { } found)
                {
                    return found;
                }
            }
            catch (ApiException e) when (uid is not null && (e.IsTransient || e.IsGone))
            {
                if (backoff.Waited > Patience)
                {
                    throw;
                }
            }

            await backoff.WaitAsync(cancellationToken);
        }
    }

    private async Task<AgentRun?> WatchAsync(
        NamespacedName key,
        string uid,
        string version,
        Func<AgentRun, bool> isSo,
        Action<AgentRun>? seen,
        CancellationToken cancellationToken
    )
    {
        var options = new WatchOptions
        {
            Namespace = key.Namespace,
            FieldSelector = $"metadata.name={key.Name}",
            ResourceVersion = version,
        };
        await foreach (var change in client.WatchAsync(AgentRunResource.Type, options, cancellationToken))
        {
            if (change.Type == WatchEventType.Deleted)
            {
                throw new RunGoneException(key);
            }

            if (change.Object is { } run && change.Type != WatchEventType.Bookmark)
            {
                if (run.Metadata.Uid != uid)
                {
                    throw new RunGoneException(key);
                }

                seen?.Invoke(run);
                if (isSo(run))
                {
                    return run;
                }
            }
        }

        return null;
    }
}

/// <summary>The run that was waited for is not there any more.</summary>
internal sealed class RunGoneException(NamespacedName key)
    : CliException(
        $"{Cluster.Reference(AgentRunResource.Type, key.Name)} was deleted, so its outcome is not known",
        ExitCodes.OutcomeUnknown
    );
