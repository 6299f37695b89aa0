namespace Stromboli.Operator.Webhooks;

/// <summary>Makes one attempt of a delivery.</summary>
internal interface IWebhookSender
{
    /// <summary>Makes the attempt.</summary>
    /// <returns>What it came to; null if the event or the run is not there any more.</returns>
    Task<DeliveryResult?> SendAsync(Delivery delivery, CancellationToken cancellationToken);
}
