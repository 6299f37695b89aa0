using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.NodeLink.Tests;
using Stromboli.PodmanBridge.Streams;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Streams;

public sealed class LinkStreamsTests
{
    private static readonly LogSource Log = new() { RunUID = "u", Attempt = 1 };

    private readonly ConcurrentDictionary<string, (int Status, string Type, string Body)> _taken = new();
    private readonly ConcurrentDictionary<string, int> _begun = new();
    private readonly ConcurrentDictionary<string, Exception> _broken = new();

    [Fact]
    public async Task Open_SourceOfAProvider_SendsItsContent()
    {
        await using var hub = await StartAsync();
        await using var streams = Begin(hub, new Provider((to, cancellationToken) => to.WriteAsync("log"u8.ToArray(), cancellationToken)));

        streams.Open(Request("a"));

        await Eventually.True(() => _taken.ContainsKey("a"));
        Assert.Equal((200, "text/x-test", "log"), _taken["a"]);
    }

    [Fact]
    public async Task Open_NoProvider_SaysSo()
    {
        await using var hub = await StartAsync();
        await using var streams = Begin(hub);

        streams.Open(Request("a"));

        await Eventually.True(() => _taken.ContainsKey("a"));
        Assert.Equal(501, _taken["a"].Status);
        Assert.EndsWith(".", _taken["a"].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ProviderRefuses_SendsStatusAndSentence()
    {
        await using var hub = await StartAsync();
        await using var streams = Begin(hub, new Provider(null, new StreamRefusedException(410, "It is gone.")));

        streams.Open(Request("a"));

        await Eventually.True(() => _taken.ContainsKey("a"));
        Assert.Equal((410, "text/plain; charset=utf-8", "It is gone."), _taken["a"]);
    }

    [Fact]
    public async Task Open_ProviderFails_TellsNothingOfTheCause()
    {
        await using var hub = await StartAsync();
        await using var streams = Begin(hub, new Provider(null, new IOException("/secret/path")));

        streams.Open(Request("a"));

        await Eventually.True(() => _taken.ContainsKey("a"));
        Assert.Equal(500, _taken["a"].Status);
        Assert.DoesNotContain("secret", _taken["a"].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_ContentFails_BreaksTheStream()
    {
        await using var hub = await StartAsync();
        await using var streams = Begin(
            hub,
            new Provider(
                async (to, cancellationToken) =>
                {
                    await to.WriteAsync("half"u8.ToArray(), cancellationToken);
                    throw new IOException("the disk");
                }
            )
        );

        streams.Open(Request("a"));

        await Eventually.True(() => _broken.ContainsKey("a"));
        Assert.False(_taken.ContainsKey("a"));
    }

    [Fact]
    public async Task Open_MoreThanTheBound_RefusesTheRest()
    {
        var end = new TaskCompletionSource();
        await using var hub = await StartAsync();
        await using var streams = Begin(
            hub,
            new Provider(
                async (to, cancellationToken) =>
                {
                    await to.WriteAsync("x"u8.ToArray(), cancellationToken);
                    await end.Task.WaitAsync(cancellationToken);
                }
            )
        );
        for (var i = 0; i < NodeLinkProtocol.MaxStreams; i++)
        {
            streams.Open(Request($"{i}"));
        }

        await Eventually.True(() => _begun.Count == NodeLinkProtocol.MaxStreams, TimeSpan.FromMinutes(2));
        streams.Open(Request("more"));

        await Eventually.True(() => _taken.ContainsKey("more"));
        Assert.Equal(429, _taken["more"].Status);
        end.SetResult();
        await Eventually.True(() => _taken.Count == NodeLinkProtocol.MaxStreams + 1, TimeSpan.FromMinutes(2));
        // A place is free only a moment after the operator has taken the whole stream.
        var later = 0;
        await Eventually.True(
            () =>
            {
                streams.Open(Request($"later-{later++}"));
                return _taken.Any(stream => stream.Key.StartsWith("later", StringComparison.Ordinal) && stream.Value.Status == 200);
            },
            TimeSpan.FromMinutes(2)
        );
    }

    [Fact]
    public async Task DisposeAsync_OpenStreams_End()
    {
        var cancelled = new TaskCompletionSource();
        await using var hub = await StartAsync();
        var streams = Begin(
            hub,
            new Provider(
                async (to, cancellationToken) =>
                {
                    await to.WriteAsync("x"u8.ToArray(), cancellationToken);
                    await using var registration = cancellationToken.Register(cancelled.SetResult);
                    await cancelled.Task;
                    cancellationToken.ThrowIfCancellationRequested();
                }
            )
        );
        streams.Open(Request("a"));
        await Eventually.True(() => _begun.ContainsKey("a"));

        await streams.DisposeAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await Eventually.True(() => _broken.ContainsKey("a"));
    }

    private static OpenStream Request(string id) =>
        new()
        {
            Epoch = 1,
            ID = id,
            Source = Log,
        };

    private static LinkStreams Begin(TlsHub hub, params IStreamProvider[] providers) =>
        new StreamDispatcher(providers, NullLogger<StreamDispatcher>.Instance).Begin(
            new StreamClient(hub.Address, "node-1", hub.Authorities),
            _ => Task.FromResult("token")
        );

    private Task<TlsHub> StartAsync() =>
        TlsHub.StartAsync(async http =>
        {
            var id = http.Request.Path.Value!.Split('/')[^1];
            var status = int.Parse(http.Request.Headers[NodeLinkProtocol.StreamStatusHeader]!, CultureInfo.InvariantCulture);
            var body = new MemoryStream();
            try
            {
                var buffer = new byte[1000];
                while (await http.Request.Body.ReadAsync(buffer) is var read and > 0)
                {
                    _begun[id] = status;
                    body.Write(buffer, 0, read);
                }

                _taken[id] = (status, http.Request.ContentType!, System.Text.Encoding.UTF8.GetString(body.ToArray()));
            }
            catch (Exception e)
            {
                _broken[id] = e;
            }
        });

    private sealed class Provider(Func<Stream, CancellationToken, ValueTask>? writeAsync, Exception? refusal = null) : IStreamProvider
    {
        public Type Source => typeof(LogSource);

        public Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken) =>
            refusal is null ? Task.FromResult<IStreamContent>(new Content(writeAsync!)) : throw refusal;

        private sealed class Content(Func<Stream, CancellationToken, ValueTask> writeAsync) : IStreamContent
        {
            public string ContentType => "text/x-test";

            public async Task WriteAsync(Stream to, CancellationToken cancellationToken) => await writeAsync(to, cancellationToken);

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
