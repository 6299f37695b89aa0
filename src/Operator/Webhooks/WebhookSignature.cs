using System.Text;
using StandardWebhooks;

namespace Stromboli.Operator.Webhooks;

/// <summary>Signs a body as Standard Webhooks 1.0.0 says.</summary>
internal static class WebhookSignature
{
    /// <summary>The header <c>webhook-signature</c>: one signature for each secret, so that a receiver can have either.</summary>
    /// <param name="secrets">Valid secrets; see <see cref="WebhookSecretRules"/>.</param>
    /// <param name="id">The ID of the message.</param>
    /// <param name="time">When this attempt is made.</param>
    /// <param name="body">The body, as UTF-8.</param>
    public static string Of(IReadOnlyList<string> secrets, string id, DateTimeOffset time, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        return string.Join(' ', secrets.Select(secret => new StandardWebhook(secret).Sign(id, time, text)));
    }
}
