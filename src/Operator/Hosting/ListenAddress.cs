using System.Net;

namespace Stromboli.Operator.Hosting;

/// <summary>An address to listen at: <c>HOST:PORT</c> with an IP address or <c>localhost</c>, or <c>:PORT</c> for all interfaces.</summary>
/// <param name="Address">The address.</param>
/// <param name="Port">The port; 0 takes a free one.</param>
internal sealed record ListenAddress(IPAddress Address, int Port)
{
    /// <summary>Parses an address; null if the text is not one.</summary>
    public static ListenAddress? TryParse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), out var port))
        {
            return null;
        }

        var host = text[..colon];
        var address = host switch
        {
            "" or "*" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            ['[', .. var inner, ']'] => IPAddress.TryParse(inner, out var v6) ? v6 : null,
            _ => !host.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(host, out var v4) ? v4 : null,
        };
        return address is null ? null : new ListenAddress(address, port);
    }

    /// <inheritdoc/>
    public override string ToString() => new IPEndPoint(Address, Port).ToString();
}
