using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Nodes;

public sealed class NodeFactsSourceTests
{
    private readonly Lines _lines = new();

    [Fact]
    public async Task Refresh_ProblemThatStays_IsLoggedOnceAndAgainWhenItChanges()
    {
        string? problem = "Podman does not answer.";
        using var source = Source(() => problem);
        for (var i = 0; i < 3; i++)
        {
            await source.RefreshAsync(CancellationToken.None);
        }

        problem = "Podman cannot run a container.";
        await source.RefreshAsync(CancellationToken.None);
        problem = null;
        await source.RefreshAsync(CancellationToken.None);
        await source.RefreshAsync(CancellationToken.None);

        Assert.Equal(
            [
                "The node takes no runs: Podman does not answer.",
                "The node takes no runs: Podman cannot run a container.",
                "The node can take runs again",
            ],
            _lines.All
        );
    }

    [Fact]
    public async Task Signal_WhileItWaits_ReadsAtOnce()
    {
        var reads = 0;
        using var source = Source(() =>
        {
            Interlocked.Increment(ref reads);
            return null;
        });
        await source.RefreshAsync(CancellationToken.None);
        await source.StartAsync(CancellationToken.None);

        source.Signal();

        await Eventually.True(() => reads == 2);
        await source.StopAsync(CancellationToken.None);
    }

    private NodeFactsSource Source(Func<string?> problem) =>
        new(_ => Task.FromResult(new NodeFacts { BridgeVersion = "1", Problem = problem() }), new ManualTimeProvider(), _lines);

    private sealed class Lines : ILogger<NodeFactsSource>
    {
        public ConcurrentQueue<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => All.Enqueue(formatter(state, exception));
    }
}
