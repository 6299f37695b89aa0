using Stromboli.Crds.Runs;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Sockets;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Pushes;

/// <summary>The way of an attempt's agent to its repository, if it may push; and what it cloned and pushed.</summary>
internal sealed class AttemptGit(string key, string socketPath, GitPushAccess? access, PushRecord record, GitGateway gateway)
    : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private GitRun? _run;
    private GitCredential? _credential;
    private bool _admitted;
    private bool _closed;

    /// <summary>What the attempt cloned and pushed.</summary>
    public PushRecord Record => record;

    /// <summary>Opens the socket, if the agent may push.</summary>
    /// <exception cref="RunRefusedException">The repository's address cannot be used.</exception>
    public void Open(ISocketPeers peers)
    {
        if (access is not { Branches.Count: > 0 })
        {
            return;
        }

        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            try
            {
                _run = gateway.OpenForPush(key, socketPath, access, record, peers);
            }
            catch (FormatException e)
            {
                throw new RunRefusedException(RunReason.InvalidSpec, $"Nothing can be pushed to {access.Url}: {e.Message}.", e);
            }

            if (_admitted)
            {
                _run.Admit(_credential);
            }
        }
    }

    /// <summary>Lets the agent's requests through from now on.</summary>
    public void Admit(GitCredential? credential)
    {
        lock (_lock)
        {
            (_admitted, _credential) = (true, credential);
            if (!_closed)
            {
                _run?.Admit(credential);
            }
        }
    }

    /// <summary>Replaces the credential, if the agent's requests are let through.</summary>
    public void Renew(GitCredential? credential)
    {
        lock (_lock)
        {
            if (_admitted)
            {
                Admit(credential);
            }
        }
    }

    /// <summary>Cuts what is under way. Nothing is pushed after this.</summary>
    public async ValueTask DisposeAsync()
    {
        GitRun? run;
        lock (_lock)
        {
            _closed = true;
            (run, _run) = (_run, null);
        }

        if (run is not null)
        {
            await run.DisposeAsync();
        }
    }
}

/// <summary>Creates the ways of agents to their repositories.</summary>
internal sealed class AttemptGits(GitGateway gateway, ContainerSettings settings, TimeProvider clock, ILogger<PushRecord> logger)
{
    private const string RecordFile = "git.json";

    /// <summary>Creates that of one attempt. It is closed at first.</summary>
    /// <param name="key">The attempt.</param>
    /// <param name="access">What it may push; null for nothing.</param>
    /// <param name="folder">The attempt's folder under the bridge's state root.</param>
    /// <param name="changed">Called after each push.</param>
    public AttemptGit Create(AttemptKey key, GitPushAccess? access, string folder, Action changed) =>
        new(
            key.ToString(),
            Path.Combine(settings.RunDirectoryOf(key), GitRoutes.Socket),
            access,
            new PushRecord(Path.Combine(folder, RecordFile), access?.Created ?? [], changed, clock, logger),
            gateway
        );
}
