using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Webhooks;

/// <summary>What to do for the webhooks of a run: what to store, then what to send, and when to look again.</summary>
internal sealed record WebhookPlan
{
    /// <summary>The deliveries to store; null if the stored ones are up to date.</summary>
    public List<WebhookDelivery>? Store { get; init; }

    /// <summary>The deliveries that ended with this plan.</summary>
    public IReadOnlyList<WebhookDelivery> Ended { get; init; } = [];

    /// <summary>The deliveries to attempt now.</summary>
    public IReadOnlyList<Delivery> Send { get; init; } = [];

    /// <summary>When the next attempt is due; null if none is.</summary>
    public DateTimeOffset? LookAgain { get; init; }

    /// <summary>Makes the plan; pure.</summary>
    /// <param name="run">The run as it is stored.</param>
    /// <param name="ends">The ends of attempts that are not stored yet.</param>
    /// <param name="underWay">The attempts that have not ended.</param>
    /// <param name="schedule">When attempts are made.</param>
    /// <param name="now">The time.</param>
    /// <param name="random">Returns numbers from 0 to 1.</param>
    public static WebhookPlan Of(
        AgentRun run,
        IReadOnlyList<DeliveryEnd> ends,
        IReadOnlySet<DeliveryKey> underWay,
        WebhookSchedule schedule,
        DateTimeOffset now,
        Func<double> random
    )
    {
        var uid = run.Metadata.Uid ?? "";
        var stored = run.Status?.Webhooks ?? [];
        var asked = run.Metadata.Annotations?.GetValueOrDefault(RunAnnotations.RedeliverWebhooks);
        var happened = RunWebhookEvents.Of(run);
        List<WebhookDelivery> next = [];
        List<WebhookDelivery> ended = [];
        List<Delivery> send = [];
        DateTimeOffset? lookAgain = null;
        foreach (var webhook in run.Spec?.Webhooks ?? [])
        {
            foreach (var name in happened.Where(name => (webhook.Events ?? WebhookEvents.Ends).Contains(name)))
            {
                var key = new DeliveryKey(uid, webhook.Url ?? "", name);
                var known = stored.Find(entry => entry.Url == webhook.Url && entry.Event == name);
                var entry = Asked(known, asked, now) ?? known ?? First(webhook, uid, name, asked, now);
                foreach (var end in ends.Where(end => end.Delivery.Key == key && end.Delivery.Redelivery == entry.Redelivery))
                {
                    var before = entry;
                    entry = After(entry, end, schedule, random);
                    if (IsSettled(entry) && !IsSettled(before))
                    {
                        ended.Add(entry);
                    }
                }

                var isPending = !IsSettled(entry) && !underWay.Contains(key);
                if (isPending && (entry.NextAttemptTime ?? now) <= now)
                {
                    send.Add(new Delivery(NamespacedName.Of(run), uid, webhook, name, entry.Redelivery));
                }
                else if (isPending && !(lookAgain < entry.NextAttemptTime))
                {
                    lookAgain = entry.NextAttemptTime;
                }

                // A delivery that nothing has come of yet is not worth a write.
                if (known is not null || entry.Attempts > 0 || entry.LastError is not null)
                {
                    next.Add(entry);
                }
            }
        }

        return new()
        {
            Store = IsSame(next, stored) ? null : next,
            Ended = ended,
            Send = send,
            LookAgain = lookAgain,
        };
    }

    private static bool IsSettled(WebhookDelivery entry) => entry.Delivered == true || entry.Failed == true;

    private static WebhookDelivery First(WebhookSpec webhook, string uid, string name, string? asked, DateTimeOffset now) =>
        new()
        {
            Url = webhook.Url,
            Event = name,
            ID = RunWebhookEvents.IDOf(uid, name),
            Attempts = 0,
            DueTime = now.WholeSeconds(),
            Redelivery = asked,
        };

    // Another delivery begins the schedule anew. What the last attempt came to is shown until the next one has ended.
    private static WebhookDelivery? Asked(WebhookDelivery? known, string? asked, DateTimeOffset now) =>
        known is null || asked is null || known.Redelivery == asked
            ? null
            : known with
            {
                Delivered = null,
                Failed = null,
                Attempts = 0,
                NextAttemptTime = null,
                DeliveredTime = null,
                DueTime = now.WholeSeconds(),
                Redelivery = asked,
            };

    private static WebhookDelivery After(WebhookDelivery entry, DeliveryEnd end, WebhookSchedule schedule, Func<double> random)
    {
        var result = end.Result;
        if (result.Outcome == DeliveryOutcome.Waiting)
        {
            // A short schedule leaves time to correct the Secret, too.
            var waited = end.At - (entry.DueTime ?? end.At);
            var waiting = entry with { LastError = result.Error };
            return waited > schedule.Length && waited > WebhookSchedule.LongestRetryAfter
                ? waiting with
                {
                    Failed = true,
                    NextAttemptTime = null,
                }
                : waiting with
                {
                    NextAttemptTime = end.At.Plus(WebhookSchedule.Poll(waited)).NextWholeSecond(),
                };
        }

        var attempted = entry with
        {
            Attempts = (entry.Attempts ?? 0) + 1,
            LastStatusCode = result.StatusCode,
            LastError = result.Error,
            NextAttemptTime = null,
        };
        if (result.Outcome == DeliveryOutcome.Delivered)
        {
            return attempted with { Delivered = true, DeliveredTime = end.At.WholeSeconds() };
        }

        return result.Outcome == DeliveryOutcome.Failed && schedule.Next(attempted.Attempts ?? 0, result, random()) is { } wait
            ? attempted with
            {
                NextAttemptTime = end.At.Plus(wait).NextWholeSecond(),
            }
            : attempted with
            {
                Failed = true,
            };
    }

    private static bool IsSame(List<WebhookDelivery> a, List<WebhookDelivery> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => StatusComparison.IsSame(pair.First, pair.Second, CrdsJson.Default.WebhookDelivery));
}
