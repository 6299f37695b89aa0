using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;
using Stromboli.Testbed.Webhooks;
using static Stromboli.EndToEnd.Webhooks.WebhookCase;

namespace Stromboli.EndToEnd.Webhooks;

/// <summary>Events of runs on a real node, delivered to receivers that behave well and badly.</summary>
public sealed class WebhookTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // The waits are short, but there are as many attempts as a case needs.
    private const string Schedule = "0s,1s,1s";

    [Fact]
    public async Task Webhooks_OfRuns_ArriveSignedAndTellTheTruth()
    {
        await using var receiver = new WebhookReceiver();
        await receiver.StartAsync(Cancelled);
        var scene = await OnPrivateStackAsync(new StackOptions { Operator = Operator(receiver, Schedule) });
        await scene.ApplyAsync($"{SecretOf($"{Secret} {PreviousSecret}")}\n---\n{SecretOf("not a secret", "bad")}");

        var run = await SucceedsAsync(scene, receiver);
        await FailsAsync(scene, receiver);
        await IsCancelledAsync(scene, receiver);
        await IsDeniedAsync(scene);
        await BadReceiversAsync(scene, receiver, run);
        await BadSecretAsync(scene, receiver, run);
        await AgainAsync(scene, receiver, run);
        await KeepsAsync(scene, run);
    }

    private static async Task<RunHistory> SucceedsAsync(Scene scene, WebhookReceiver receiver)
    {
        var run = await scene.ApplyRunAsync(
            Document(
                "succeeds",
                "echo all done",
                Webhook($"{receiver.Origin}/good?team=a%20b", events: "Started, Succeeded"),
                Webhook($"{receiver.Origin}/redirect"),
                Webhook($"{receiver.Origin}/status/410"),
                Webhook($"{receiver.Origin}/endless"),
                Webhook($"{receiver.Origin}/bad", "bad"),
                Webhook($"https://127.0.0.2:{receiver.Port}/private")
            )
        );
        await ArriveAsync(receiver, "/good?team=a%20b", 2);
        var events = receiver
            .At("/good?team=a%20b")
            .Select(request => Verify(request, Secret, PreviousSecret))
            .ToDictionary(sent => sent.Type!, StringComparer.Ordinal);
        var (started, end) = (events["dev.stromboli.agentrun.started"], events["dev.stromboli.agentrun.succeeded"]);

        Assert.Equal($"run_{run.Uid}_started", started.Id);
        Assert.Equal($"run_{run.Uid}_succeeded", end.Id);
        Assert.Equal($"/apis/stromboli.dev/v1alpha1/namespaces/{scene.Namespace}/agentruns/succeeds", end.Source?.ToString());
        Assert.Equal("Running", ((JsonElement)started.Data!).GetProperty("phase").GetString());
        var data = (JsonElement)end.Data!;
        Assert.Equal(("succeeds", scene.Namespace, run.Uid), (Text(data, "name"), Text(data, "namespace"), Text(data, "uid")));
        Assert.Equal(("Succeeded", "Completed"), (Text(data, "phase"), Text(data, "reason")));
        Assert.Equal("all done", Text(data.GetProperty("result"), "text")?.TrimEnd());
        var told = (
            await run.UntilAsync("was told", state => DeliveryOf(state, $"{receiver.Origin}/good?team=a%20b")?.Delivered == true)
        ).Status;
        Assert.Equal(told.CompletionTime, end.Time);
        return run;
    }

    private static async Task FailsAsync(Scene scene, WebhookReceiver receiver)
    {
        await scene.ApplyRunAsync(Document("fails", "exit 3", Webhook($"{receiver.Origin}/fails")));
        await ArriveAsync(receiver, "/fails", 1);
        var sent = Verify(receiver.At("/fails")[0], Secret);
        Assert.Equal("dev.stromboli.agentrun.failed", sent.Type);
        Assert.Equal(3, ((JsonElement)sent.Data!).GetProperty("exitCode").GetInt32());
    }

    private static async Task IsCancelledAsync(Scene scene, WebhookReceiver receiver)
    {
        var run = await scene.ApplyRunAsync(
            Document("cancelled", "sleep 3600", Webhook($"{receiver.Origin}/cancelled", events: "Started, Cancelled"))
        );
        await ArriveAsync(receiver, "/cancelled", 1);
        await scene.PatchAsync(run, "spec: {cancel: true}");
        await ArriveAsync(receiver, "/cancelled", 2);
        Assert.Equal(
            ["dev.stromboli.agentrun.started", "dev.stromboli.agentrun.cancelled"],
            receiver.At("/cancelled").Select(request => Verify(request, Secret).Type)
        );
    }

    private static async Task IsDeniedAsync(Scene scene)
    {
        var run = await scene.ApplyRunAsync(Document("denied", "true", Webhook("https://elsewhere.example.com/")));
        var status = (await run.EndAsync()).Status;
        Assert.Equal(RunReason.PolicyDenied, status.Reason);
        Assert.Equal(
            "spec.webhooks[0].url names the host elsewhere.example.com, which is not allowed: remove it, or start the operator with --allow-webhook-host elsewhere.example.com.",
            status.Message
        );
    }

    private static async Task BadReceiversAsync(Scene scene, WebhookReceiver receiver, RunHistory run)
    {
        var redirect = await GivenUpAsync(run, $"{receiver.Origin}/redirect");
        Assert.Equal((3, 302), (redirect.Attempts, redirect.LastStatusCode));
        Assert.Equal(
            "The receiver answered with 302. Redirects are not followed: name the final address in spec.webhooks.",
            redirect.LastError
        );
        Assert.Empty(receiver.At("/stolen"));
        // Each attempt has the same ID and body, and a time of its own.
        var attempts = receiver.At("/redirect");
        Assert.Equal(3, attempts.Count);
        Assert.Single(attempts.Select(request => (request.ID, request.Body)).Distinct());
        Assert.True(attempts.Select(request => request.Headers["webhook-timestamp"]).Distinct().Count() > 1);

        var gone = await GivenUpAsync(run, $"{receiver.Origin}/status/410");
        Assert.Equal((1, 410), (gone.Attempts, gone.LastStatusCode));

        var refused = await GivenUpAsync(run, $"https://127.0.0.2:{receiver.Port}/private");
        Assert.Equal("Cannot connect: 127.0.0.2 has no address that may be connected to.", refused.LastError);

        await run.UntilAsync("is delivered", state => DeliveryOf(state, $"{receiver.Origin}/endless")?.Delivered == true);
        Assert.Single(receiver.At("/endless"));
        Assert.InRange(receiver.BytesSent, 0, 64 << 20);

        await Poll.UntilAsync(
            "three deliveries are reported as failed",
            Poll.Timeout,
            async _ => (await EventsAsync(scene, run, "WebhookFailed")).Count == 3,
            Cancelled
        );
        Assert.Contains("Delivered Succeeded to 127.0.0.1 (attempt 1).", await EventsAsync(scene, run, "WebhookDelivered"));
    }

    private static async Task BadSecretAsync(Scene scene, WebhookReceiver receiver, RunHistory run)
    {
        var url = $"{receiver.Origin}/bad";
        var waiting = await run.UntilAsync("waits for its Secret", state => DeliveryOf(state, url)?.LastError is not null);
        Assert.Equal(
            "Waiting for Secret \"bad\": key secret is not a signing secret: it must be whsec_ and the base64 of 24 to 64 bytes, or two of these separated by a space during a rotation.",
            DeliveryOf(waiting, url)!.LastError
        );
        Assert.Equal(0, DeliveryOf(waiting, url)!.Attempts);
        Assert.Equal(RunPhase.Succeeded, waiting.Phase);
        Assert.Empty(receiver.At("/bad"));

        await scene.ApplyAsync(SecretOf(PreviousSecret, "bad"));
        await ArriveAsync(receiver, "/bad", 1);
        Verify(receiver.At("/bad")[0], PreviousSecret);
    }

    private static async Task AgainAsync(Scene scene, WebhookReceiver receiver, RunHistory run)
    {
        var first = receiver.At("/good?team=a%20b");
        await scene.KubectlAsync("annotate", "agentrun", run.Name, "stromboli.dev/redeliver-webhooks=please");
        await ArriveAsync(receiver, "/good?team=a%20b", 4);
        Assert.Equal(
            first.Select(request => request.ID).Order(StringComparer.Ordinal),
            receiver.At("/good?team=a%20b").Skip(2).Select(request => request.ID).Order(StringComparer.Ordinal)
        );
        await run.UntilAsync(
            "was told again",
            state => DeliveryOf(state, $"{receiver.Origin}/good?team=a%20b") is { Delivered: true, Redelivery: "please" }
        );
    }

    // Two field managers write the status of one run.
    private static async Task KeepsAsync(Scene scene, RunHistory run)
    {
        await scene.PatchAsync(run, "spec: {ttlAfterFinished: 2h}");
        var later = await run.UntilAsync("has the generation", state => state.Generation == 2 && state.Status.ObservedGeneration == 2);
        Assert.Equal(7, later.Status.Webhooks?.Count);
        Assert.Equal("all done", later.Status.Result?.Text?.TrimEnd());
        var managers = (await scene.Stack.Http.GetAsync($"{scene.RunsPath}/{run.Name}"))!["metadata"]!["managedFields"]!.AsArray();
        var own = managers.Single(entry => entry!["manager"]!.ToString() == "stromboli-webhooks")!;
        Assert.Equal(["f:webhooks"], own["fieldsV1"]!["f:status"]!.AsObject().Select(member => member.Key));
    }

    private static Task ArriveAsync(WebhookReceiver receiver, string path, int count) =>
        Poll.UntilAsync($"{count} requests arrive at {path}", Poll.Timeout, () => receiver.At(path).Count >= count, Cancelled);

    private static async Task<WebhookDelivery> GivenUpAsync(RunHistory run, string url) =>
        DeliveryOf(await run.UntilAsync($"is given up for {url}", state => DeliveryOf(state, url)?.Failed == true), url)!;

    private static async Task<IReadOnlyList<string>> EventsAsync(Scene scene, RunHistory run, string reason) =>
        [
            .. (await scene.EventsAsync(run))
                .Where(recorded => recorded["reason"]!.ToString() == reason)
                .Select(recorded => recorded["note"]!.ToString()),
        ];

    private static string? Text(JsonElement data, string name) => data.GetProperty(name).GetString();
}
