using System.Text;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Images;

/// <summary>What the operator is told of the node's images; pure.</summary>
internal static class ImageListing
{
    /// <summary>
    /// The images to report, by name: the most recently used ones first, then the newest. An image appears once for each of its names.
    /// </summary>
    /// <param name="images">What the engine has.</param>
    /// <param name="content">What is known to be in an image, by its id.</param>
    /// <param name="used">When an image was last used, by its id; null for never.</param>
    public static IReadOnlyList<NodeImage> Of(
        IEnumerable<ImageSummary> images,
        Func<string, ImageContent?> content,
        Func<string, long?> used
    ) => [.. Chosen(images, used).Select(chosen => Describe(chosen.Name, chosen.Image, content(chosen.Image.ID)))];

    /// <summary>The images that are told of.</summary>
    public static IEnumerable<(string Name, ImageSummary Image)> Chosen(IEnumerable<ImageSummary> images, Func<string, long?> used) =>
        images
            .SelectMany(image => NamesOf(image).Select(name => (Name: name, Image: image)))
            .DistinctBy(named => named.Name)
            .OrderByDescending(named => used(named.Image.ID) ?? long.MinValue)
            .ThenByDescending(named => named.Image.Created)
            .ThenBy(named => named.Name, StringComparer.Ordinal)
            .Take(NodeLimits.Images)
            .OrderBy(named => named.Name, StringComparer.Ordinal);

    // An image that was pulled by digest has no tag.
    private static IEnumerable<string> NamesOf(ImageSummary image) =>
        (image.Names is { Length: > 0 } names ? names : (image.Digests ?? []).Take(1)).Where(name =>
            ImageReference.Parse(name) is not null
        );

    private static NodeImage Describe(string name, ImageSummary image, ImageContent? content) =>
        new()
        {
            Name = name,
            ID = image.ID,
            Size = Math.Max(0, image.Size),
            Created = image.Created is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(image.Created) : null,
            Labels = Labels(image.Labels),
            Tools = content is null ? null : [.. content.Tools],
            Compatibility = content?.Compatibility ?? ImageCompatibility.Unknown,
            Message = content?.Message,
        };

    private static Dictionary<string, string>? Labels(Dictionary<string, string>? labels)
    {
        var told = new Dictionary<string, string>();
        var bytes = 0;
        foreach (var (key, value) in (labels ?? []).OrderBy(label => label.Key, StringComparer.Ordinal))
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
            if (told.Count == NodeLimits.ImageLabels || bytes > NodeLimits.ImageLabelBytes)
            {
                break;
            }

            if (key.Length is > 0 and <= StatusLimits.Word && value.Length <= StatusLimits.Word)
            {
                told[key] = value;
            }
        }

        return told.Count == 0 ? null : told;
    }
}
