using System.Net.Mime;
using System.Text;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Microsoft.AspNetCore.Http;
using StandardWebhooks;
using StandardWebhooks.Diagnostics;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed.Stacks;
using Stromboli.Testbed.Webhooks;

namespace Stromboli.EndToEnd.Webhooks;

/// <summary>What the cases of webhooks share: an operator that knows a receiver, and the checks of what arrives.</summary>
internal static class WebhookCase
{
    /// <summary>The secret that receivers verify with.</summary>
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /// <summary>The secret of the time before.</summary>
    public const string PreviousSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    /// <summary>An operator that may send to the receiver.</summary>
    /// <param name="receiver">The receiver.</param>
    /// <param name="schedule">The schedule of attempts.</param>
    public static OperatorOptions Operator(WebhookReceiver receiver, string schedule) =>
        Terms.Short with
        {
            ExtraArguments =
            [
                "--allow-webhook-host",
                "127.0.0.1",
                "--allow-webhook-host",
                "127.0.0.2",
                "--allow-webhook-cidr",
                "127.0.0.1/32",
                "--webhook-ca-file",
                receiver.Authority,
                "--webhook-schedule",
                schedule,
            ],
        };

    /// <summary>A Secret with signing secrets, for <c>secretRef: {name: NAME, key: secret}</c>.</summary>
    public static string SecretOf(string value, string name = "hook", string annotation = "webhook") =>
        $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: {{name}}
              annotations: { stromboli.dev/use-as: {{annotation}} }
            stringData: { secret: "{{value}}" }
            """;

    /// <summary>A webhook, as one line of YAML.</summary>
    public static string Webhook(string url, string secret = "hook", string events = "") =>
        $$"""{url: "{{url}}", secretRef: {name: {{secret}}, key: secret}{{(events.Length > 0 ? $", events: [{events}]" : "")}}}""";

    /// <summary>A run of a shell command.</summary>
    public static string Document(string name, string command, params string[] webhooks) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: none
              agent: { command: [sh, -c, "{{command}}"] }
              webhooks: [{{string.Join(", ", webhooks)}}]
            """;

    /// <summary>
    /// Checks a request with libraries that we did not write: the signature by each of the secrets, and the body as a CloudEvent.
    /// </summary>
    public static CloudEvent Verify(ReceivedWebhook request, params string[] secrets)
    {
        Assert.All(secrets, secret => Assert.True(IsSigned(request, request.Body, secret)));
        Assert.All(secrets, secret => Assert.False(IsSigned(request, request.Body + " ", secret)));
        var type = new ContentType(request.Headers["content-type"]);
        Assert.Equal("application/cloudevents+json", type.MediaType);
        Assert.True(Encoding.UTF8.GetByteCount(request.Body) < 20_000);
        var sent = new JsonEventFormatter().DecodeStructuredModeMessage(
            Encoding.UTF8.GetBytes(request.Body),
            type,
            [CloudEventAttribute.CreateExtension("timestamp", CloudEventAttributeType.Timestamp)]
        );
        Assert.True(sent.IsValid);
        Assert.Equal(request.ID, sent.Id);
        Assert.DoesNotContain('.', request.ID);
        Assert.Equal(sent.Time, sent["timestamp"]);
        return sent;
    }

    // StandardWebhooks 1.1.2 reads only the first signature of the header, although it is a list. So each is shown to it alone.
    private static bool IsSigned(ReceivedWebhook request, string body, string secret) =>
        request
            .Headers["webhook-signature"]
            .Split(' ')
            .Any(signature =>
            {
                try
                {
                    new StandardWebhook(secret).Verify(
                        body,
                        new HeaderDictionary
                        {
                            ["webhook-id"] = request.ID,
                            ["webhook-timestamp"] = request.Headers["webhook-timestamp"],
                            ["webhook-signature"] = signature,
                        }
                    );
                    return true;
                }
                catch (WebhookVerificationException e) when (e.Message == "No matching signature found")
                {
                    return false;
                }
            });

    /// <summary>The delivery to a receiver's path, as the run shows it last.</summary>
    public static Stromboli.Crds.Runs.WebhookDelivery? DeliveryOf(RunState state, string url, string name = "Succeeded") =>
        state.Status.Webhooks?.Find(delivery => delivery.Url == url && delivery.Event == name);
}
