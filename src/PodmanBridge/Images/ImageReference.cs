using System.Net;
using System.Text.RegularExpressions;
using Stromboli.Crds.Schema;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// An image's name. Only fully qualified names are valid: no transport (<c>docker-archive:</c>), id, path or short name, which libpod would
/// resolve by its own configuration.
/// </summary>
internal sealed partial record ImageReference
{
    private const int MaxLength = 512;

    private ImageReference(string name) => Name = name;

    /// <summary>The whole name.</summary>
    public string Name { get; }

    /// <summary>The registry, with its port.</summary>
    public string Registry => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>The registry's host, without its port.</summary>
    public string Host => Registry.Split(':')[0];

    /// <summary>The name without tag and digest.</summary>
    public string Repository
    {
        get
        {
            var name = Name.Split('@')[0];
            var colon = name.IndexOf(':', name.LastIndexOf('/'));
            return colon < 0 ? name : name[..colon];
        }
    }

    /// <summary>
    /// The name under which the engine lists the image: a name with a digest loses its tag, and a name with neither gets the tag
    /// <c>latest</c>.
    /// </summary>
    public string Key
    {
        get
        {
            var repository =
                Repository.StartsWith("docker.io/", StringComparison.Ordinal) && Repository.Count(c => c == '/') == 1
                    ? Repository.Replace("docker.io/", "docker.io/library/", StringComparison.Ordinal)
                    : Repository;
            var rest = Name.IndexOf('@', StringComparison.Ordinal) is var at and >= 0 ? Name[at..] : Name[Repository.Length..];
            return repository + (rest.Length == 0 ? ":latest" : rest);
        }
    }

    /// <summary>
    /// Whether the registry is the node itself: <c>localhost</c>, as local builds are named, or an address of its own. Such an image is
    /// used if it is present and never fetched, because a fetch would be a request to a service on the node itself or to a metadata service
    /// (169.254.169.254).
    /// </summary>
    public bool IsLocal =>
        Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host, out var address) && IsOwn(address));

    /// <summary>The reference; null when the text is none.</summary>
    public static ImageReference? Parse(string text) => text.Length <= MaxLength && Pattern.IsMatch(text) ? new ImageReference(text) : null;

    // This includes 127.1, 0x7f.1 and 2130706433, which the parser reads as the C library does.
    private static bool IsOwn(IPAddress address) => address.GetAddressBytes() is [0 or 127, ..] or [169, 254, ..];

    [GeneratedRegex(Patterns.Image, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern { get; }
}
