using System.Text.Json.Nodes;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Election;

/// <summary>
/// Labels the leader's pod, so that the hub's Service selects it. Each replica removes the label at its start, because a container that
/// restarts after it lost the leadership is still in the labelled pod. Outside a pod (no <c>POD_NAME</c>) there is nothing to label.
/// </summary>
internal sealed partial class LeaderLabel
{
    /// <summary>The label. Its value is <c>true</c>.</summary>
    public const string Key = "stromboli.dev/leader";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(30);

    private readonly ReplicaClient _replica;
    private readonly string? _pod;
    private readonly TimeProvider _clock;
    private readonly ILogger<LeaderLabel> _logger;

    public LeaderLabel(ReplicaClient replica, string? pod, TimeProvider clock, ILogger<LeaderLabel> logger)
    {
        _replica = replica;
        _pod = pod;
        _clock = clock;
        _logger = logger;
    }

    /// <summary>Adds or removes the label, and retries while the API server is away.</summary>
    public async Task SetAsync(bool leads, CancellationToken cancellationToken)
    {
        for (var wait = FirstRetry; _pod is not null; wait = wait * 2 < LastRetry ? wait * 2 : LastRetry)
        {
            try
            {
                JsonObject patch = new()
                {
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [Key] = leads ? "true" : null } },
                };
                await _replica.Client.MergePatchAsync(
                    BuiltIn.Pods,
                    new NamespacedName(_replica.Namespace, _pod),
                    patch,
                    cancellationToken: cancellationToken
                );
                return;
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                Log.NoPod(_logger, _replica.Namespace, _pod);
                return;
            }
            catch (ApiException e) when (e.IsForbidden)
            {
                // An admin who does not grant this right has another way to find the leader. The operator must lead all the same.
                Log.NotAllowed(_logger, _pod, e.Message);
                return;
            }
            catch (ApiException e)
            {
                Log.NotSet(_logger, _pod, e.Message);
                await Task.Delay(wait, _clock, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cannot label the pod {Namespace}/{Pod} (POD_NAME): not found")]
        public static partial void NoPod(ILogger logger, string @namespace, string pod);

        [LoggerMessage(LogLevel.Warning, "Not allowed to label the pod {Pod}: {Message}")]
        public static partial void NotAllowed(ILogger logger, string pod, string message);

        [LoggerMessage(LogLevel.Warning, "Cannot label the pod {Pod}; trying again: {Message}")]
        public static partial void NotSet(ILogger logger, string pod, string message);
    }
}
