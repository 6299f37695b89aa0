namespace Stromboli.Egress;

/// <summary>Host names in the form in which they are compared.</summary>
internal static class HostName
{
    /// <summary>Converts to lower case and removes the root's dot and the brackets of a literal IPv6 address.</summary>
    public static string Normalise(string host)
    {
        if (host.Length > 2 && host[0] == '[' && host[^1] == ']')
        {
            host = host[1..^1];
        }

        return host.TrimEnd('.').ToLowerInvariant();
    }
}
