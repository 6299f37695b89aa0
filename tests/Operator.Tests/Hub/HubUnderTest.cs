using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Tests.Authorization;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>The real hub behind real TLS on loopback, with fakes for election, API server and runs.</summary>
internal sealed class HubUnderTest : IAsyncDisposable
{
    public const string Installation = "installation-1";

    private readonly WebApplication _app;
    private readonly MeterListener _meters = new();
    private readonly ConcurrentDictionary<string, long> _counts = new();
    private readonly X509Certificate2Collection _authorities;

    private HubUnderTest(
        WebApplication app,
        HubFakes fakes,
        SigningAuthority authority,
        NodeRegistry registry,
        NodeHub hub,
        NodeStreams streams,
        Log log
    )
    {
        Streams = streams;
        _app = app;
        Fakes = fakes;
        Registry = registry;
        Hub = hub;
        Logs = log;
        _authorities = [AuthorityBundle.WithoutKey(authority)];
        // Resolved once, because listeners receive the meters of all tests in the process, even while this host is being disposed of.
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == meters)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _meters.SetMeasurementEventCallback<long>(
            (instrument, value, _, _) => _counts.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value)
        );
        _meters.Start();
    }

    public HubFakes Fakes { get; }

    public NodeRegistry Registry { get; }

    public NodeHub Hub { get; }

    public NodeStreams Streams { get; }

    public Log Logs { get; }

    public Uri Address { get; private set; } = null!;

    public static async Task<HubUnderTest> StartAsync(
        HubFakes? fakes = null,
        TimeProvider? clock = null,
        Func<HubOptions, HubOptions>? change = null
    )
    {
        fakes ??= new HubFakes();
        clock ??= TimeProvider.System;
        var options = new HubOptions { Prices = [] };
        options = change?.Invoke(options) ?? options;
        var lease = new NodeLeaseOptions(Duration: TimeSpan.FromSeconds(60), Grace: TimeSpan.FromSeconds(5));
        var log = new Log();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.Services.AddMetrics();
        var authority = SigningAuthority.Create(TimeProvider.System.GetUtcNow());
        Assert.True(ServingName.TryParse("localhost", out var name));
        builder.WebHost.ConfigureKestrel(k =>
            k.Listen(
                IPAddress.Loopback,
                0,
                l => l.UseHttps(authority.Issue([name!], TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1)))
            )
        );
        var app = builder.Build();
        var registry = new NodeRegistry(fakes, lease, clock);
        var metrics = new HubMetrics(app.Services.GetRequiredService<IMeterFactory>());
        var access = new LinkAccess(new LinkGate(clock), fakes, fakes);
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var factory = new HubLinkFactory(
            fakes,
            fakes,
            fakes,
            registry,
            access,
            new LinkHandshake(fakes, fakes, options, clock),
            new LeaseGranter(fakes, registry, lease, metrics, clock),
            options,
            metrics,
            clock,
            loggers
        );
        var hub = new NodeHub(fakes, registry, factory, metrics, loggers.CreateLogger<NodeHub>());
        var streams = new NodeStreams(hub, clock);
        var readiness = new HubReadiness(fakes);
        readiness.Open(Installation);
        var endpoint = new HubEndpoint(
            readiness,
            access,
            hub,
            new StreamReceiver(streams, hub, access),
            metrics,
            app.Services.GetRequiredService<IHostApplicationLifetime>(),
            clock,
            loggers.CreateLogger<HubEndpoint>()
        );
        app.UseWebSockets();
        app.Run(endpoint.HandleAsync);
        var made = new HubUnderTest(app, fakes, authority, registry, hub, streams, log);
        await app.StartAsync();
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        made.Address = new Uri($"https://localhost:{port}");
        return made;
    }

    /// <summary>The value of a counter of the hub.</summary>
    public long Count(string instrument) => _counts.GetValueOrDefault(instrument);

    /// <summary>Dials like a bridge, without a Hello.</summary>
    public Task<MessageChannel<BridgeMessage, OperatorMessage>> DialAsync(string node = "node-1", string? token = null) =>
        NodeLinkClient.ConnectAsync(Address, node, token ?? TestTokens.Of(), _authorities, CancellationToken.None);

    /// <summary>Sends a stream like a bridge, with the token of <see cref="DialAsync"/>.</summary>
    public async Task<HttpResponseMessage> PostAsync(
        string id,
        HttpContent content,
        string node = "node-1",
        string? token = null,
        string status = "200",
        string mediaType = "text/plain"
    )
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_authorities);
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = new() { CertificateChainPolicy = policy } });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, $"{NodeLinkProtocol.StreamsPath}{id}?node={node}"))
        {
            Content = content,
        };
        // As a bridge does: otherwise the client does not notice that the operator closed the connection while nothing is sent.
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = new("Bearer", token ?? TestTokens.Of());
        request.Headers.Add(NodeLinkProtocol.StreamStatusHeader, status);
        content.Headers.ContentType = new(mediaType);
        return await client.SendAsync(request);
    }

    /// <summary>Dials, says Hello and sends the observed snapshot.</summary>
    public async Task<TestBridge> ConnectAsync(
        string node = "node-1",
        Func<Hello, Hello>? change = null,
        params AttemptObservation[] observed
    )
    {
        var bridge = await GreetAsync(node, change);
        bridge.Send(new ObservedSnapshot { Attempts = observed, Complete = true });
        return bridge;
    }

    /// <summary>Dials and says Hello, without the observed snapshot.</summary>
    public async Task<TestBridge> GreetAsync(string node = "node-1", Func<Hello, Hello>? change = null)
    {
        var bridge = new TestBridge(await DialAsync(node));
        bridge.Send(change is null ? TestBridge.HelloOf(node) : change(TestBridge.HelloOf(node)));
        return bridge;
    }

    public async ValueTask DisposeAsync()
    {
        _meters.Dispose();
        await Hub.CloseAsync(RefusalReason.NotLeader, "The test is over.");
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <summary>The lines of the log.</summary>
    internal sealed class Log : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Lines.Enqueue(formatter(state, exception));

        public void Dispose() { }
    }
}
