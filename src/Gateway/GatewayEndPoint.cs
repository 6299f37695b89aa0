using System.Net;

namespace Stromboli.Gateway;

/// <summary>The one endpoint of a gateway's server; behind it is a socket for each run.</summary>
internal sealed class GatewayEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "gateway";
}
