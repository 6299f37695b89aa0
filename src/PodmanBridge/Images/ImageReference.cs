using System.Text.RegularExpressions;
using Stromboli.Crds.Schema;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// An image's name. Only fully qualified names of registries are taken: no transport (<c>docker-archive:</c>), id, path or short name, which libpod
/// would look for wherever its configuration says.
/// </summary>
internal sealed partial record ImageReference
{
    private const int MaxLength = 512;

    private ImageReference(string name) => Name = name;

    /// <summary>The whole name.</summary>
    public string Name { get; }

    /// <summary>The registry, with its port.</summary>
    public string Registry => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>
    /// Whether the name is one that local builds get (<c>localhost/agent:1</c>). Such an image is taken if it is there, and never fetched: that would be a
    /// request to whatever listens on the node itself.
    /// </summary>
    public bool IsLocal => Registry.Split(':')[0].Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>The reference; null when the text is none.</summary>
    public static ImageReference? Parse(string text) => text.Length <= MaxLength && Pattern.IsMatch(text) ? new ImageReference(text) : null;

    [GeneratedRegex(Patterns.Image, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern { get; }
}
