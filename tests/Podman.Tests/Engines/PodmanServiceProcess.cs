using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>
/// A second Podman service in the node, with a containers.conf or environment of the test's own; it shares images and containers with the
/// first.
/// </summary>
internal sealed class PodmanServiceProcess : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private PodmanServiceProcess(PodmanNode node, IReadOnlyList<string> environment)
    {
        var name = Guid.NewGuid().ToString("N")[..8] + ".sock";
        Socket = Path.Combine(Path.GetDirectoryName(node.Podman.SocketPath)!, name);
        _running = RunAsync(node, ["env", .. environment, "podman", "system", "service", "--time=0", "unix:///run/podman/" + name]);
        Client = new PodmanClient(Socket, TimeProvider.System);
    }

    public string Socket { get; }

    public PodmanClient Client { get; }

    /// <summary>Starts it with these variables, as NAME=VALUE.</summary>
    public static async Task<PodmanServiceProcess> StartAsync(PodmanNode node, params IReadOnlyList<string> environment)
    {
        var service = new PodmanServiceProcess(node, environment);
        await Poll.UntilAsync("the second Podman service answers", TimeSpan.FromSeconds(20), service.AnswersAsync);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(PodmanNode node, IEnumerable<string> command)
    {
        try
        {
            await node.RunAsync(command, cancellationToken: _stop.Token);
        }
        catch (OperationCanceledException)
        {
            // Ended by the test.
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Client.System.InfoAsync(cancellationToken);
            return true;
        }
        catch (PodmanException)
        {
            return false;
        }
    }
}
