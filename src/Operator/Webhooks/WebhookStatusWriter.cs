using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Stores the deliveries of a run by server-side apply under a field manager of their own, so that this never replaces what the run
/// controller stores. The run controller compares versions, so it never replaces deliveries that it has not seen.
/// </summary>
internal sealed class WebhookStatusWriter(KubeClient client, RunStore runs)
{
    /// <summary>The field manager.</summary>
    public const string FieldManager = "stromboli-webhooks";

    /// <summary>Stores the deliveries.</summary>
    /// <returns>The stored run; null if it is gone.</returns>
    /// <exception cref="ApiException">It is not known whether they were stored.</exception>
    public async Task<AgentRun?> StoreAsync(AgentRun run, List<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        var applied = new AgentRun
        {
            Metadata = new ObjectMeta
            {
                Name = run.Metadata.Name,
                Namespace = run.Metadata.Namespace,
                // Another run of the same name is a conflict.
                Uid = run.Metadata.Uid,
            },
            Status = new() { Webhooks = deliveries },
        };
        try
        {
            var stored = await client.ApplyAsync(
                AgentRunResource.Type,
                applied,
                FieldManager,
                subresource: "status",
                cancellationToken: cancellationToken
            );
            runs.Observe(stored);
            return stored;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
        catch (ApiException e) when (e.IsConflict)
        {
            var live = await client.TryGetAsync(AgentRunResource.Type, NamespacedName.Of(run), cancellationToken);
            if (live?.UID() == run.UID())
            {
                throw;
            }

            return null;
        }
    }
}
