using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Stromboli.Bench.Figures;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Testbed;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;
using Stromboli.Testbed.Webhooks;

namespace Stromboli.Bench.Webhooks;

/// <summary>A thousand webhooks that are due at once, compared with a client that posts the same bodies.</summary>
internal sealed class WebhookBench(Progress progress)
{
    private const int Runs = 1000;
    private const int Creators = 16;

    // What the operator allows for one namespace and host.
    private const int AtOnce = 8;
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    // The first attempts fail. The second ones are due when the operator is started again, and the last ones much later.
    private const string Schedule = "0s,20s,1m,5m,5m,5m,5m,5m";
    private static readonly TimeSpan Due = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    /// <summary>Measures, on stacks of its own without nodes.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var remote = await MeasureAsync("after/50", cancellationToken);
        var local = await MeasureAsync("at-once", cancellationToken);
        return
        [
            new("webhooks-burst", remote.Rate, "webhooks/s") { Baseline = remote.Bare, AtLeast = 0.5 },
            new("webhooks-burst-stored", remote.Stored, "webhooks/s") { Baseline = remote.Bare },
            new("webhooks-burst-local", local.Rate, "webhooks/s") { Baseline = local.Bare },
        ];
    }

    private async Task<(double Rate, double Stored, double Bare)> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        await using var receiver = new WebhookReceiver();
        var options = new StackOptions
        {
            Nodes = 0,
            Operator = new()
            {
                ExtraArguments =
                [
                    "--allow-webhook-host",
                    "127.0.0.1",
                    "--allow-webhook-cidr",
                    "127.0.0.1/32",
                    "--webhook-ca-file",
                    receiver.Authority,
                    "--webhook-schedule",
                    Schedule,
                ],
            },
        };
        await using var stack = await Stack.StartAsync("webhooks", options, cancellationToken: cancellationToken);
        using var client = new KubeClient(
            KubeConfig.Load(stack.ControlPlane.KubeconfigPath),
            new KubeClientOptions { QueriesPerSecond = 1e6, Burst = 1_000_000 }
        );
        await EndRunsAsync(client, $"{receiver.Origin}/{path}", cancellationToken);
        await UntilAsync(client, "were tried", delivery => delivery.Attempts > 0, cancellationToken);
        await stack.Operator.KillAsync(cancellationToken);
        await receiver.StartAsync(cancellationToken);
        await Task.Delay(Due, cancellationToken);

        await stack.Operator.LaunchAsync(cancellationToken);
        await Poll.UntilAsync("all webhooks arrive", Timeout, () => receiver.Received.Count >= Runs, cancellationToken);
        var arrived = receiver.Received.Take(Runs).ToList();
        var took = Stopwatch.GetElapsedTime(arrived[0].At, arrived[^1].At);
        await UntilAsync(client, "are stored", delivery => delivery.Delivered == true, cancellationToken);
        var stored = Stopwatch.GetElapsedTime(arrived[0].At);

        await stack.Operator.KillAsync(cancellationToken);
        var bare = await PostAsync(receiver, arrived, cancellationToken);
        progress.Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"webhooks, {path}: {Runs / took.TotalSeconds:0}/s, stored {Runs / stored.TotalSeconds:0}/s, bare client {bare:0}/s"
            )
        );
        return (Runs / took.TotalSeconds, Runs / stored.TotalSeconds, bare);
    }

    private static async Task EndRunsAsync(KubeClient client, string url, CancellationToken cancellationToken)
    {
        await client.CreateAsync(
            BuiltIn.Secrets,
            new Secret
            {
                Metadata = new()
                {
                    Name = "hook",
                    Namespace = "default",
                    Annotations = new() { ["stromboli.dev/use-as"] = "webhook" },
                },
                Data = new() { ["secret"] = Encoding.ASCII.GetBytes(Secret) },
            },
            cancellationToken: cancellationToken
        );
        await Parallel.ForAsync(
            0,
            Runs,
            new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellationToken },
            async (i, stop) =>
                await client.CreateAsync(
                    AgentRunResource.Type,
                    new AgentRun
                    {
                        Metadata = new() { Name = string.Create(CultureInfo.InvariantCulture, $"run-{i}"), Namespace = "default" },
                        Spec = new AgentRunSpec
                        {
                            Prompt = "not read",
                            Cancel = true,
                            Webhooks =
                            [
                                new()
                                {
                                    Url = url,
                                    SecretRef = new() { Name = "hook", Key = "secret" },
                                },
                            ],
                        },
                    },
                    null,
                    stop
                )
        );
    }

    private static Task UntilAsync(KubeClient client, string what, Func<WebhookDelivery, bool> isSo, CancellationToken cancellationToken) =>
        Poll.UntilAsync(
            $"all {what}",
            Timeout,
            async stop =>
            {
                await foreach (var run in client.ListAsync(AgentRunResource.Type, new() { Namespace = "default", Limit = 500 }, stop))
                {
                    if (run.Status?.Webhooks is not [var delivery] || !isSo(delivery))
                    {
                        return false;
                    }
                }

                return true;
            },
            cancellationToken
        );

    // Posts the same bodies again with new signatures.
    private static async Task<double> PostAsync(
        WebhookReceiver receiver,
        IReadOnlyCollection<ReceivedWebhook> webhooks,
        CancellationToken cancellationToken
    )
    {
        using var authority = X509CertificateLoader.LoadCertificateFromFile(receiver.Authority);
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = AtOnce };
        handler.SslOptions.CertificateChainPolicy = new()
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        using var http = new HttpClient(handler);
        var signer = new StandardWebhooks.StandardWebhook(Secret);
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            webhooks,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (webhook, stop) =>
            {
                var time = DateTimeOffset.UtcNow;
                using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(receiver.Origin + webhook.Path))
                {
                    Content = new StringContent(webhook.Body, Encoding.UTF8, "application/cloudevents+json"),
                };
                request.Headers.Add("webhook-id", webhook.ID);
                request.Headers.Add("webhook-timestamp", time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
                request.Headers.TryAddWithoutValidation("webhook-signature", signer.Sign(webhook.ID, time, webhook.Body));
                using var answer = await http.SendAsync(request, stop);
                answer.EnsureSuccessStatusCode();
            }
        );
        return webhooks.Count / watch.Elapsed.TotalSeconds;
    }
}
