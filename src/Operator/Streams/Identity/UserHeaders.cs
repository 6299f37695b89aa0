namespace Stromboli.Operator.Streams.Identity;

/// <summary>
/// Reads the headers in which the API server names the user; pure. The rules are those of Kubernetes' request header authenticator.
/// </summary>
internal static class UserHeaders
{
    private const string Anonymous = "system:anonymous";
    private const string Authenticated = "system:authenticated";
    private const string Unauthenticated = "system:unauthenticated";

    /// <summary>Reads the user; null if no header names one.</summary>
    public static UserIdentity? Read(IHeaderDictionary headers, RequestHeaderConfig config)
    {
        if (First(headers, config.UserHeaders) is not { } name)
        {
            return null;
        }

        var groups = config.GroupHeaders.SelectMany(header => headers[header]).OfType<string>().ToList();
        // Authenticated users are in this group, whether the proxy says so or not.
        if (name != Anonymous && !groups.Contains(Authenticated) && !groups.Contains(Unauthenticated))
        {
            groups.Add(Authenticated);
        }

        return new UserIdentity
        {
            Name = name,
            Uid = First(headers, config.UidHeaders),
            Groups = groups,
            Extra = Extra(headers, config.ExtraPrefixes),
        };
    }

    private static string? First(IHeaderDictionary headers, IReadOnlyList<string> names) =>
        names.SelectMany(name => headers[name]).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static Dictionary<string, IReadOnlyList<string>> Extra(IHeaderDictionary headers, IReadOnlyList<string> prefixes)
    {
        Dictionary<string, IReadOnlyList<string>> extra = new(StringComparer.Ordinal);
        foreach (var (header, values) in headers)
        {
            if (prefixes.FirstOrDefault(p => header.StartsWith(p, StringComparison.OrdinalIgnoreCase)) is not { } prefix)
            {
                continue;
            }

            var key = Uri.UnescapeDataString(header[prefix.Length..]).ToLowerInvariant();
            extra[key] = [.. extra.GetValueOrDefault(key) ?? [], .. values.OfType<string>()];
        }

        return extra;
    }
}
