using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Stromboli.Egress;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;
using Stromboli.ScriptedModel;

namespace Stromboli.Gateway.Tests.Harness;

/// <summary>A gateway with real sockets in a folder of its own, and the scripted model behind it.</summary>
internal sealed class GatewayHarness : IAsyncDisposable
{
    public const string Secret = "sk-test-0123456789-abcdef";

    private readonly List<IDisposable> _clients = [];

    private GatewayHarness(ScriptedModelServer model, string folder) => (Model, Folder) = (model, folder);

    public ScriptedModelServer Model { get; }

    public string Folder { get; }

    public ModelGateway Gateway { get; private set; } = null!;

    public RecordingLoggers Loggers { get; } = new();

    public bool LeaseHolds { get; set; } = true;

    public List<ModelPrice> Prices { get; } =
    [
        new()
        {
            Model = "claude-*",
            Input = 3,
            Output = 15,
            CacheRead = 0.3m,
            CacheWrite = 3.75m,
            CacheWriteHour = 6,
        },
    ];

    public List<ServerTool> ServerTools { get; } = [];

    public string ModelLog => Path.Combine(Folder, "model.jsonl");

    public static async Task<GatewayHarness> StartAsync(Func<ModelGatewayOptions, ModelGatewayOptions>? change = null)
    {
        var folder = Directory.CreateTempSubdirectory("gw").FullName;
        var model = await ScriptedModelServer.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            Path.Combine(folder, "model.jsonl"),
            CancellationToken.None
        );
        var harness = new GatewayHarness(model, folder);
        var options = new ModelGatewayOptions
        {
            Dialer = new Dialer(AddressPolicy.Default, TimeProvider.System),
            Clock = TimeProvider.System,
            Loggers = harness.Loggers,
            Prices = () => harness.Prices,
            ServerTools = () => harness.ServerTools,
            LeaseHolds = () => harness.LeaseHolds,
        };
        harness.Gateway = new ModelGateway(change?.Invoke(options) ?? options);
        await harness.Gateway.StartAsync(CancellationToken.None);
        return harness;
    }

    public Task<ModelRun> OpenAsync(
        string name = "run",
        AttemptBudget? budget = null,
        IReadOnlyList<string>? betas = null,
        string @namespace = "tenant",
        ISocketPeers? peers = null
    ) =>
        Gateway.OpenAsync(
            new ModelRunOptions
            {
                Key = name,
                Namespace = @namespace,
                SocketPath = Socket(name),
                Peers = peers ?? FixedPeers.Everybody,
                LedgerPath = Ledger(name),
                Budget = budget,
                Betas = betas ?? [],
            },
            CancellationToken.None
        );

    public async Task<ModelRun> OpenAdmittedAsync(string name = "run", string secret = Secret, CredentialKind kind = CredentialKind.ApiKey)
    {
        var run = await OpenAsync(name);
        run.Admit(Credential(secret, kind));
        return run;
    }

    public ModelCredential Credential(string secret = Secret, CredentialKind kind = CredentialKind.ApiKey, Uri? origin = null) =>
        new()
        {
            BaseURL = (origin ?? Model.BaseAddress).ToString(),
            OperatorOrigin = true,
            Kind = kind,
            Value = secret,
        };

    public string Ledger(string name = "run") => Path.Combine(Folder, name + ".ledger");

    public string Socket(string name) => Path.Combine(Folder, name + ".sock");

    public HttpClient Client(string name = "run")
    {
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                    new NetworkStream(await ConnectAsync(name, cancellationToken), ownsSocket: true),
            }
        )
        {
            BaseAddress = new Uri("http://127.0.0.1:8317"),
        };
        _clients.Add(client);
        return client;
    }

    public async Task<Socket> ConnectAsync(string name = "run", CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket(name)), cancellationToken);
        return socket;
    }

    public static StringContent Prompt(string prompt, bool stream = true, string model = "claude-test") =>
        new(
            JsonSerializer.Serialize(
                new
                {
                    model,
                    max_tokens = 1000,
                    stream,
                    tools = new[] { new { name = "Bash" } },
                    messages = new[] { new { role = "user", content = prompt } },
                }
            ),
            Encoding.UTF8,
            "application/json"
        );

    public async Task<IReadOnlyList<JsonElement>> ModelLogAsync() =>
        File.Exists(ModelLog) ? [.. (await File.ReadAllLinesAsync(ModelLog)).Select(line => JsonDocument.Parse(line).RootElement)] : [];

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
