using Stromboli.Bench.Runs;
using Stromboli.Kubernetes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench;

/// <summary>The clients with which one stack is measured.</summary>
internal sealed class BenchSession : IAsyncDisposable
{
    private readonly RunEvents _events;

    private BenchSession(Stack stack)
    {
        Client = new KubeClient(KubeConfig.Load(stack.ControlPlane.KubeconfigPath));
        _events = new RunEvents(Client);
        Runs = new BenchRuns(stack, _events);
    }

    /// <summary>The API as an admin.</summary>
    public KubeClient Client { get; }

    /// <summary>Makes runs.</summary>
    public BenchRuns Runs { get; }

    /// <summary>Begins to watch the stack's runs.</summary>
    public static async Task<BenchSession> OpenAsync(Stack stack, CancellationToken cancellationToken)
    {
        var session = new BenchSession(stack);
        await session._events.ReadyAsync(cancellationToken);
        return session;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        Client.Dispose();
    }
}
