using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.NodeLink.Messages;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Streams;

/// <summary>Readers of streams behind the real API server. What the node sends is written by the case.</summary>
public sealed class StreamReaderTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Readers_BehindTheApiServer_GetWhatTheNodeSendsAsItComes()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 });
        var streams = new StreamCase(scene);
        await streams.AvailableAsync();
        using var reader = await streams.ReaderAsync("reader", "agentruns/log");
        using var stranger = await streams.ReaderAsync("stranger");
        var run = await streams.RunAsync("work");

        // Without a node, only a follower waits.
        await AssertStatusAsync(reader, streams.Path("work", "log"), 503, "The run \"work\" has no node yet.");
        await AssertStatusAsync(reader, streams.Path("none", "log?follow=true"), 404, "agentruns.stromboli.dev \"none\" not found");
        var following = reader.GetAsync(streams.Path("work", "log?follow=true&format=json&attempt=1"));
        await using var node = await streams.JoinAsync();
        var asked = await streams.AskedAsync();
        Assert.Equal(
            new LogSource
            {
                RunUID = run.Uid,
                Attempt = 1,
                Follow = true,
                Format = LogFormat.Json,
            },
            asked.Source
        );

        // The reader has each part before the next one is written.
        var part = new SemaphoreSlim(0);
        var sending = node.Streams.SendAsync(
            asked.ID,
            async body =>
            {
                foreach (var text in new[] { "one\n", "two\n", "three\n" })
                {
                    await StreamSender.WriteAsync(body, text);
                    await part.WaitAsync(Cancelled);
                }
            },
            cancellationToken: Cancelled
        );
        using (var answer = await following)
        {
            Assert.Equal(
                (HttpStatusCode.OK, "text/plain", null),
                (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, answer.Content.Headers.ContentLength)
            );
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            foreach (var text in new[] { "one\n", "two\n", "three\n" })
            {
                await StreamClient.ExpectAsync(body, text);
                part.Release();
            }

            Assert.Equal(0, await body.ReadAsync(new byte[1], Cancelled));
        }

        Assert.Equal(HttpStatusCode.NoContent, await sending);

        // kubectl needs nothing but the path.
        var printed = await streams.ServeAsync(
            streams.Path("work", "log"),
            open => node.Streams.SendAsync(open.ID, "hello\n", cancellationToken: Cancelled)
        );
        Assert.Equal("hello\n", printed.Output);

        await RefusesAsync(scene, streams, reader, stranger);
        await BreaksAsync(scene, streams, reader, node);
        await AuthenticatesAsync(scene, streams);

        // An operator that stops does not end a stream as if it were complete.
        var unanswered = reader.GetAsync(streams.Path("work", "log?follow=true"));
        var last = await streams.AskedAsync();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stopped = node.Streams.SendAsync(
            last.ID,
            async body =>
            {
                await StreamSender.WriteAsync(body, "so far\n");
                await over.Task;
                throw new IOException("The stream is over.");
            },
            cancellationToken: Cancelled
        );
        using (var answer = await unanswered)
        {
            await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
            await StreamClient.ExpectAsync(body, "so far\n");
            var reading = body.ReadAsync(new byte[1], Cancelled).AsTask();
            node.Finish(run.Uid);
            await run.EndAsync();
            await scene.Stack.Operator.StopAsync(Cancelled);
            await Assert.ThrowsAnyAsync<IOException>(() => reading.WaitAsync(Testbed.Poll.Timeout, Cancelled));
        }

        await scene.Stack.Operator.StartAsync(Cancelled);
        await streams.AvailableAsync();
        over.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => stopped.WaitAsync(Testbed.Poll.Timeout, Cancelled));
        await node.DisposeAsync();
        await Testbed.Poll.UntilAsync(
            "the operator knows that the node is gone",
            Testbed.Poll.Timeout,
            async _ =>
                (await streams.KubectlAsync(streams.Path("work", "log"))).Error.Contains(
                    "Node sim is not connected at the moment",
                    StringComparison.Ordinal
                ),
            Cancelled
        );
        await AssertStatusAsync(
            reader,
            streams.Path("work", "log"),
            503,
            "Node sim is not connected at the moment; try again when it is back."
        );
    }

    private static async Task RefusesAsync(Scene scene, StreamCase streams, StreamClient reader, StreamClient stranger)
    {
        await AssertStatusAsync(stranger, streams.Path("work", "log"), 403, "cannot get resource \"agentruns/log\"");
        await AssertStatusAsync(reader, streams.Path("work", "files"), 403, "cannot get resource \"agentruns/files\"");
        await AssertStatusAsync(
            reader,
            streams.Path("work", "log?tailLines=x"),
            400,
            "The parameter tailLines must be a whole number from 0 to 2147483647."
        );
        await AssertStatusAsync(reader, streams.Path("work", "log?offset=1&tailLines=1"), 400, "offset cannot be combined");
        var refused = await streams.KubectlAsync(streams.Path("work", "log?taillinez=1"));
        Assert.False(refused.Succeeded);
        Assert.Contains(
            "Error from server (BadRequest): A parameter is not known; this resource has follow, tailLines,",
            refused.Error,
            StringComparison.Ordinal
        );
    }

    private static async Task BreaksAsync(Scene scene, StreamCase streams, StreamClient reader, SimulatedNode node)
    {
        // A sentence of the node, which must not reach a terminal as it is.
        var failed = await streams.ServeAsync(
            streams.Path("work", "log"),
            open => node.Streams.SendAsync(open.ID, "The log is \u001b[31mgone.\n", status: 404, cancellationToken: Cancelled)
        );
        Assert.Contains("Error from server (NotFound): The log is  [31mgone.", failed.Error, StringComparison.Ordinal);

        // A stream that the node breaks off is an error for kubectl too.
        var id = "";
        var broken = await streams.ServeAsync(
            streams.Path("work", "log"),
            open =>
            {
                id = open.ID;
                return Assert.ThrowsAnyAsync<Exception>(() => node.Streams.SendAsync(id, BreakAsync));
            }
        );
        Assert.False(broken.Succeeded, $"kubectl took a part for everything: {broken.Output}");

        // An ID is good for one stream.
        Assert.Equal(HttpStatusCode.NotFound, await node.Streams.SendAsync(id, "again", cancellationToken: Cancelled));

        // A reader who leaves ends the stream of the node.
        var following = reader.GetAsync(streams.Path("work", "log?follow=true"));
        var asked = await streams.AskedAsync();
        var sending = node.Streams.SendAsync(
            asked.ID,
            async body =>
            {
                while (true)
                {
                    await StreamSender.WriteAsync(body, "tick\n");
                    await Task.Delay(10, Cancelled);
                }
            },
            cancellationToken: Cancelled
        );
        (await following).Dispose();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => sending.WaitAsync(Testbed.Poll.Timeout, Cancelled));
    }

    private static async Task BreakAsync(Stream body)
    {
        await StreamSender.WriteAsync(body, "half a li");
        throw new IOException("The bridge is killed.");
    }

    private static async Task AuthenticatesAsync(Scene scene, StreamCase streams)
    {
        var port = scene.Stack.Operator.StreamsPort;
        var pki = scene.Stack.ControlPlane.Pki;
        (string, string)[] admin = [("X-Remote-User", "admin"), ("X-Remote-Group", "system:masters")];
        using var front = X509Certificate2.CreateFromPemFile(pki.FrontProxyClient, pki.FrontProxyClientKey);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var forged = new CertificateRequest("CN=front-proxy", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            DateTimeOffset.UtcNow.AddHours(-1),
            DateTimeOffset.UtcNow.AddHours(1)
        );

        foreach (var certificate in new[] { null, forged })
        {
            using var liar = StreamClient.OfOperator(port, certificate);
            await AssertStatusAsync(liar, streams.Path("work", "log"), 401, "Requests must come through the Kubernetes API server:", admin);
        }

        // The operator asks for itself, whatever the API server has checked.
        using var proxy = StreamClient.OfOperator(port, front);
        await AssertStatusAsync(proxy, streams.Path("work", "log"), 401, "The request names no user.");
        await AssertStatusAsync(
            proxy,
            streams.Path("work", "log"),
            403,
            "User \"somebody\" cannot get resource \"agentruns/log\"",
            ("X-Remote-User", "somebody")
        );
        await AssertStatusAsync(proxy, streams.Path("none", "log"), 404, "not found", admin);
        using var health = await proxy.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    private static async Task AssertStatusAsync(
        StreamClient client,
        string path,
        int code,
        string sentence,
        params (string, string)[] headers
    )
    {
        using var answer = await client.GetAsync(path, headers);
        var body = await answer.Content.ReadAsStringAsync(Cancelled);
        Assert.True(code == (int)answer.StatusCode, body);
        var status = JsonNode.Parse(body)!;
        Assert.Equal(
            ("Status", "Failure", code),
            (status["kind"]!.ToString(), status["status"]!.ToString(), status["code"]!.GetValue<int>())
        );
        Assert.Contains(sentence, status["message"]!.ToString(), StringComparison.Ordinal);
    }
}
