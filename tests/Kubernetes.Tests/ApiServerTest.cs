using Microsoft.AspNetCore.Http;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests;

/// <summary>A test with a server and a client of its own.</summary>
public abstract class ApiServerTest : IAsyncLifetime
{
    private protected static readonly NamespacedName A = new("ns", "a");
    private readonly CancellationTokenSource _end = new(TimeSpan.FromSeconds(60));
    private readonly List<Task> _running = [];

    protected FakeApiServer Server { get; private set; } = null!;

    protected KubeClient Client { get; private set; } = null!;

    protected CancellationToken End => _end.Token;

    public virtual async ValueTask InitializeAsync()
    {
        Server = await FakeApiServer.StartAsync();
        Server.Objects.StatusSubresources.Add("widgets");
        Client = NewClient();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await _end.CancelAsync();
        await Task.WhenAll(_running);
        Client.Dispose();
        await Server.DisposeAsync();
        _end.Dispose();
    }

    protected KubeClient NewClient(KubeClientOptions? options = null, TimeProvider? clock = null, KubeConfig? config = null) =>
        new(config ?? new KubeConfig { Server = Server.Address }, options ?? new() { RetryDelay = TimeSpan.FromMilliseconds(1) }, clock);

    /// <summary>Runs until the end of the test, which waits for it.</summary>
    protected void Run(Func<CancellationToken, Task> run) => _running.Add(run(End));

    protected Informer<Widget> StartInformer(InformerOptions<Widget>? options = null, KubeClient? client = null)
    {
        var informer = new Informer<Widget>(client ?? Client, Widget.Type, Patient(options ?? new()));
        Run(informer.RunAsync);
        return informer;
    }

    protected Task<Widget> CreateAsync(string name, string? node = null) =>
        Client.CreateAsync(Widget.Type, Widget.Named(name, node), cancellationToken: End);

    /// <summary>Answers the next matching requests with this status.</summary>
    protected void Fail(int times, int code, string? retryAfter = null, Func<RecordedRequest, bool>? when = null)
    {
        Server.Intercept = async (context, request) =>
        {
            if (when?.Invoke(request) == false || Interlocked.Decrement(ref times) < 0)
            {
                return false;
            }

            context.Response.StatusCode = code;
            if (retryAfter is not null)
            {
                context.Response.Headers.RetryAfter = retryAfter;
            }

            await context.Response.WriteAsync("no");
            return true;
        };
    }

    private static InformerOptions<Widget> Patient(InformerOptions<Widget> options) =>
        options with
        {
            MinBackoff = TimeSpan.FromMilliseconds(5),
            MaxBackoff = TimeSpan.FromMilliseconds(50),
        };
}
