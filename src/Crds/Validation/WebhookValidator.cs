using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of <c>spec.webhooks</c>.</summary>
internal static class WebhookValidator
{
    /// <summary>Adds the errors of the webhooks.</summary>
    internal static void Check(FieldChecks checks, List<WebhookSpec>? webhooks)
    {
        const string list = "spec.webhooks";
        checks.Items(list, webhooks?.Count, 0, RunLimits.Webhooks);
        HashSet<string> urls = new(StringComparer.Ordinal);
        for (var i = 0; i < webhooks?.Count; i++)
        {
            var (field, webhook) = ($"{list}[{i}]", webhooks[i]);
            checks.Require($"{field}.url", webhook.Url is not null);
            checks.Text($"{field}.url", webhook.Url, 1, RunLimits.Url, PatternRegexes.WebhookUrl, Messages.WebhookUrl);
            if (webhook.Url is { } url && !urls.Add(url))
            {
                checks.Add(field, Messages.Duplicate);
            }

            checks.Require($"{field}.secretRef", webhook.SecretRef is not null);
            AgentRunValidator.Key(checks, $"{field}.secretRef", webhook.SecretRef);
            Events(checks, $"{field}.events", webhook.Events);
        }
    }

    private static void Events(FieldChecks checks, string field, List<string>? events)
    {
        checks.Items(field, events?.Count, 1, RunLimits.WebhookEvents);
        for (var i = 0; i < events?.Count; i++)
        {
            checks.OneOf(
                $"{field}[{i}]",
                events[i],
                WebhookEvents.Started,
                WebhookEvents.Succeeded,
                WebhookEvents.Failed,
                WebhookEvents.Cancelled
            );
        }
    }
}
