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
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Tests.Nodes;

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
        HubDoor door,
        Log log
    )
    {
        _app = app;
        Fakes = fakes;
        Registry = registry;
        Hub = hub;
        Door = door;
        Logs = log;
        _authorities = [AuthorityBundle.WithoutKey(authority)];
        // Asked once: listeners hear of the meters of every test in the process, also while this host is being disposed of.
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

    public HubDoor Door { get; }

    public Log Logs { get; }

    public Uri Address { get; private set; } = null!;

    public static async Task<HubUnderTest> StartAsync(
        HubFakes? fakes = null,
        TimeProvider? clock = null,
        Func<HubSettings, HubSettings>? change = null
    )
    {
        fakes ??= new HubFakes();
        clock ??= TimeProvider.System;
        var settings = new HubSettings
        {
            NodeLostAfter = TimeSpan.FromSeconds(60),
            NodeLostGrace = TimeSpan.FromSeconds(5),
            Prices = [],
        };
        settings = change?.Invoke(settings) ?? settings;
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
        var registry = new NodeRegistry(fakes, settings, clock);
        var context = new HubContext
        {
            Leadership = fakes,
            Witness = fakes,
            Desired = new(fakes),
            Sink = new(fakes),
            Registry = registry,
            Authorizer = fakes,
            Gate = new LinkGate(clock),
            Settings = settings,
            Metrics = new HubMetrics(app.Services.GetRequiredService<IMeterFactory>()),
            Clock = clock,
            Loggers = app.Services.GetRequiredService<ILoggerFactory>(),
        };
        var hub = new NodeHub(context);
        var door = new HubDoor();
        door.Open(Installation);
        var endpoint = new HubEndpoint(
            context,
            door,
            hub,
            fakes,
            app.Services.GetRequiredService<IHostApplicationLifetime>(),
            app.Services.GetRequiredService<ILogger<HubEndpoint>>()
        );
        app.UseWebSockets();
        app.Run(endpoint.HandleAsync);
        var made = new HubUnderTest(app, fakes, authority, registry, hub, door, log);
        await app.StartAsync();
        var port = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        made.Address = new Uri($"https://localhost:{port}");
        return made;
    }

    /// <summary>What a counter of the hub stands at.</summary>
    public long Count(string instrument) => _counts.GetValueOrDefault(instrument);

    /// <summary>Dials as a bridge does; nothing is said yet.</summary>
    public Task<MessageChannel<BridgeMessage, OperatorMessage>> DialAsync(string node = "node-1", string? token = null) =>
        NodeLinkClient.ConnectAsync(Address, node, token ?? TestTokens.Of(), _authorities, CancellationToken.None);

    /// <summary>Dials, says Hello and all that is observed.</summary>
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

    /// <summary>Dials and says Hello; nothing is observed yet.</summary>
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
