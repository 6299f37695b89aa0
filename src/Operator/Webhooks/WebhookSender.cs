using Stromboli.Crds;
using Stromboli.Kubernetes;
using Stromboli.Operator.Election;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Makes one attempt of a delivery: reads the run and its Secret as they are now, writes the body, signs it, and sends it. The store has
/// neither the result of a finished run nor any Secret.
/// </summary>
internal sealed class WebhookSender(
    KubeClient client,
    InputFetcher secrets,
    WebhookClient webhooks,
    ILeadership leadership,
    TimeProvider clock
) : IWebhookSender, IDisposable
{
    // A whole run may have a megabyte, and the body has 20 kB.
    private const int ReadsAtOnce = 8;

    private readonly SemaphoreSlim _reads = new(ReadsAtOnce);

    /// <inheritdoc/>
    public async Task<DeliveryResult?> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        byte[]? body;
        InputObject secret;
        var reference = delivery.Webhook.SecretRef!;
        try
        {
            body = await BodyAsync(delivery, cancellationToken);
            var source = new InputSource(IsSecret: true, new NamespacedName(delivery.Run.Namespace, reference.Name!));
            secret = await secrets.GetAsync(source, cancellationToken);
        }
        catch (ApiException e)
        {
            return DeliveryResult.Waits($"The API server did not answer: {e.Reason}.");
        }

        if (body is null)
        {
            return null;
        }

        var (keys, problem) = WebhookSecretRules.Check(reference.Name!, reference.Key!, secret);
        if (problem is not null)
        {
            return DeliveryResult.Waits(problem);
        }

        var id = RunWebhookEvents.IDOf(delivery.UID, delivery.Event);
        var time = clock.GetUtcNow();
        // Another operator may lead by now. It makes this attempt, too.
        return leadership.IsLeader
            ? await webhooks.PostAsync(
                new Uri(delivery.Webhook.Url!),
                new SignedBody(id, time, WebhookSignature.Of(keys, id, time, body), body),
                cancellationToken
            )
            : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _reads.Dispose();

    // Null if the run is gone, or the event has not happened.
    private async Task<byte[]?> BodyAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        await _reads.WaitAsync(cancellationToken);
        try
        {
            return
                await client.TryGetAsync(AgentRunResource.Type, delivery.Run, cancellationToken) is { } run
                && run.UID() == delivery.UID
                && RunWebhookEvents.Of(run).Contains(delivery.Event)
                ? WebhookBody.Of(run, delivery.Event)
                : null;
        }
        finally
        {
            _reads.Release();
        }
    }
}
