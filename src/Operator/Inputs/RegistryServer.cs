namespace Stromboli.Operator.Inputs;

/// <summary>
/// A server in <c>.dockerconfigjson</c>: <c>registry.example.com</c>, <c>https://registry.example.com/v2/</c>,
/// <c>*.example.com:5000/team</c>.
/// </summary>
/// <param name="Host">The host, with the port if there is one. A <c>*</c> matches any text within a label.</param>
/// <param name="Path">The prefix of the repository's path; empty for any path.</param>
internal sealed record RegistryServer(string Host, string Path)
{
    private const string DockerHub = "docker.io";

    /// <summary>How specific the server is. Longer paths rank higher, then hosts without <c>*</c>.</summary>
    public int Precision => (2 * Path.Length) + (Host.Contains('*', StringComparison.Ordinal) ? 0 : 1);

    /// <summary>Parses a server; null if the text names none.</summary>
    public static RegistryServer? Parse(string text)
    {
        var name = text.Trim();
        foreach (var scheme in new[] { "https://", "http://" })
        {
            if (name.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            {
                name = name[scheme.Length..];
            }
        }

        var parts = name.TrimEnd('/').Split('/', 2);
        var path = parts.Length > 1 && parts[1] is not ("v1" or "v2") ? parts[1] : "";
        return parts[0].Length == 0 ? null : new RegistryServer(Canonical(parts[0]), path);
    }

    /// <summary>Whether the server serves the image with this fully qualified name.</summary>
    public bool Serves(string image)
    {
        var parts = image.Split('@')[0].Split('/', 2);
        if (parts.Length < 2 || !IsHost(Canonical(parts[0])))
        {
            return false;
        }

        var repository = parts[1].Split(':')[0];
        return Path.Length == 0 || repository == Path || repository.StartsWith(Path + "/", StringComparison.Ordinal);
    }

    private bool IsHost(string host)
    {
        var (pattern, given) = (Host.Split('.'), host.Split('.'));
        return pattern.Length == given.Length && pattern.Zip(given).All(label => IsLabel(label.First, label.Second));
    }

    private static bool IsLabel(string pattern, string given)
    {
        var pieces = pattern.Split('*');
        if (pieces.Length == 1)
        {
            return pattern == given;
        }

        var rest = given.AsSpan();
        if (!rest.StartsWith(pieces[0]))
        {
            return false;
        }

        rest = rest[pieces[0].Length..];
        foreach (var piece in pieces.AsSpan()[1..^1])
        {
            if (rest.IndexOf(piece) is var at && at < 0)
            {
                return false;
            }

            rest = rest[(at + piece.Length)..];
        }

        return rest.EndsWith(pieces[^1]);
    }

    private static string Canonical(string host) =>
        host.ToLowerInvariant() switch
        {
            "index.docker.io" or "registry-1.docker.io" or DockerHub => DockerHub,
            var other => other,
        };
}
