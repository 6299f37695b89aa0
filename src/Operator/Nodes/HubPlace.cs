using System.Net;

namespace Stromboli.Operator.Nodes;

/// <summary>The place of one connection, until it becomes a link or ends.</summary>
internal sealed class HubPlace(HubPlaces places, IPAddress key, bool isKnown) : IDisposable
{
    private int _left;

    /// <summary>The connection becomes a node's link: it gives its place back, and its address is known.</summary>
    public void Linked()
    {
        places.Know(key);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            places.Leave(key, isKnown);
        }
    }
}
