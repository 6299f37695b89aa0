using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Gateway;

namespace Stromboli.PodmanBridge.Git;

/// <summary>
/// The way of every clone to its repository: one HTTP server behind a unix socket for each clone. It adds the credential, which is nowhere else on the node, and lets
/// nothing but a fetch of that one repository through. It opens no port.
/// </summary>
internal sealed class GitGateway : IAsyncDisposable
{
    private readonly GitGatewayOptions _options;
    private readonly GatewayTransport _transport;
    private readonly KestrelServer _server;

    /// <summary>A gateway that does not serve yet.</summary>
    public GitGateway(GitGatewayOptions options)
    {
        _options = options;
        _transport = new GatewayTransport(options.Loggers, options.Time);
        _server = new KestrelServer(Options.Create(Kestrel(options)), _transport, options.Loggers);
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(new GitApplication(_options), cancellationToken);

    /// <summary>Opens a clone's socket. Dispose the clone to close it.</summary>
    /// <param name="key">Names the run in logs.</param>
    /// <param name="socketPath">Where the socket is made; what lies there is replaced.</param>
    /// <param name="source">The repository.</param>
    /// <param name="credential">What its server is shown.</param>
    /// <exception cref="FormatException">The address cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be made.</exception>
    public GitRun Open(string key, string socketPath, GitSource source, GitCredential? credential) =>
        new(key, socketPath, GitRemote.Of(source, credential, _options.AllowedOrigins), _options, _transport);

    /// <summary>Stops serving.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource())
        {
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
        }

        _server.Dispose();
        await _transport.DisposeAsync();
    }

    private static KestrelServerOptions Kestrel(GitGatewayOptions options)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = options.LargestBody;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
        // git reads late while it unpacks; how late is bounded where its answer is written.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(new GatewayEndPoint(), endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return kestrel;
    }
}
