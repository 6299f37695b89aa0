using Stromboli.Gateway.Git.Protocol;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Git;

/// <summary>
/// Connects clones and agents to their repository: one HTTP server behind a Unix socket for each of them. It adds the credential, which is
/// nowhere else on the node, and allows only a fetch of that one repository, and pushes to it as far as the run may push. It opens no port.
/// </summary>
internal sealed class GitGateway : IAsyncDisposable
{
    private readonly GitGatewayOptions _options;
    private readonly GatewayServer<GitRun> _server;

    /// <summary>A gateway that does not serve yet.</summary>
    public GitGateway(GitGatewayOptions options)
    {
        _options = options;
        _server = new GatewayServer<GitRun>(
            new GitHandler(new GitForwarder(options), new PushForwarder(options)),
            new GatewayLimits(options.LargestBody, HeaderBytes: 16 * 1024),
            options.Loggers,
            options.Clock
        );
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(cancellationToken);

    /// <summary>Opens a clone's socket. Dispose the clone to close it.</summary>
    /// <param name="key">Names the run in logs.</param>
    /// <param name="socketPath">The socket's path; whatever is there is replaced.</param>
    /// <param name="source">The repository.</param>
    /// <param name="credential">The credential for its server; null for an anonymous fetch.</param>
    /// <param name="peers">Decides which connections are accepted.</param>
    /// <exception cref="FormatException">The address cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be created.</exception>
    public GitRun Open(string key, string socketPath, GitSource source, GitCredential? credential, ISocketPeers peers)
    {
        var run = new GitRun(
            key,
            socketPath,
            GitRemote.Of(source, credential, _options.AllowedOrigins),
            peers,
            push: null,
            _options,
            _server
        );
        run.Admit(credential);
        return run;
    }

    /// <summary>
    /// Opens the socket of an agent that may push. Its requests wait until <see cref="GitRun.Admit"/>. Dispose the run to close it.
    /// </summary>
    /// <param name="key">Names the run in logs.</param>
    /// <param name="socketPath">The socket's path; whatever is there is replaced.</param>
    /// <param name="access">The repository and what may be pushed to it.</param>
    /// <param name="record">What the run pushed.</param>
    /// <param name="peers">Decides which connections are accepted.</param>
    /// <exception cref="FormatException">The address cannot be used.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be created.</exception>
    public GitRun OpenForPush(string key, string socketPath, GitPushAccess access, IPushRecord record, ISocketPeers peers) =>
        new(
            key,
            socketPath,
            GitRemote.Of(new GitSource { Url = access.Url, Depth = 0 }, credential: null, _options.AllowedOrigins),
            peers,
            new GitRunPushes(new PushRules(access.Branches, access.Force), record, _options.Clock),
            _options,
            _server
        );

    /// <summary>Stops serving.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
