using Stromboli.Testbed.Nodes;

namespace Stromboli.Testbed.Stacks;

/// <summary>A node of a stack: the machine, its bridge, and the link between the bridge and the operators.</summary>
/// <param name="Machine">The machine with its Podman.</param>
/// <param name="Bridge">The bridge in it.</param>
/// <param name="Link">The link; null if the bridge dials the operators directly.</param>
/// <param name="Options">How it was made.</param>
public sealed record StackNode(PodmanNode Machine, BridgeProcess Bridge, LinkRelay? Link, NodeOptions Options) : IAsyncDisposable
{
    /// <summary>The node's name.</summary>
    public string Name => Machine.Name;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Machine.DisposeAsync();
        await Bridge.DisposeAsync();
        if (Link is not null)
        {
            await Link.DisposeAsync();
        }
    }
}
