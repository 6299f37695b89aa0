using System.Text;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>Limits what a bridge reports of its images to the bounds of the AgentNode's status; pure.</summary>
internal static class NodeImageRules
{
    /// <summary>Returns the images within bounds, without repeated names and names that are not valid.</summary>
    public static IReadOnlyList<NodeImage> Clean(IReadOnlyList<NodeImage?>? images) =>
        [
            .. (images ?? [])
                .OfType<NodeImage>()
                .Where(image => image.Name is { Length: > 0 and <= RunLimits.Image } name && ImageNames.IsName(name))
                .DistinctBy(image => image.Name)
                .Take(NodeLimits.Images)
                .Select(Clean),
        ];

    /// <summary>Returns the progress within bounds.</summary>
    public static PrePullProgress Clean(PrePullProgress? progress)
    {
        var images = (progress?.Images ?? []).OfType<string>().Take(NodeLimits.PrePullImages).ToList();
        return new PrePullProgress
        {
            Images = images,
            Present = Math.Clamp(progress?.Present ?? 0, 0, images.Count),
            Pulling = Text(progress?.Pulling, RunLimits.Image),
            Failure = Text(progress?.Failure, 2 * RunLimits.Image),
        };
    }

    private static NodeImage Clean(NodeImage image) =>
        new()
        {
            Name = image.Name,
            ID = Text(image.ID, StatusLimits.Word),
            Size = image.Size is { } size ? Math.Clamp(size, 0, StatusLimits.Count) : null,
            Created = image.Created,
            Labels = Labels(image.Labels),
            Tools = image.Tools is { } tools
                ? [.. tools.Select(tool => Text(tool, StatusLimits.Word)).OfType<string>().Distinct().Take(NodeLimits.ImageTools)]
                : null,
            Compatibility = image.Compatibility,
            Message = Text(image.Message, NodeLimits.ImageMessage),
        };

    private static Dictionary<string, string>? Labels(Dictionary<string, string>? said)
    {
        var labels = new Dictionary<string, string>();
        var bytes = 0;
        foreach (var (key, value) in said ?? [])
        {
            if (Text(key, StatusLimits.Word) is not { } name || value is null)
            {
                continue;
            }

            var text = Text(value, StatusLimits.Word) ?? "";
            bytes += Encoding.UTF8.GetByteCount(name) + Encoding.UTF8.GetByteCount(text);
            if (labels.Count == NodeLimits.ImageLabels || bytes > NodeLimits.ImageLabelBytes)
            {
                break;
            }

            labels[name] = text;
        }

        return labels.Count == 0 ? null : labels;
    }

    private static string? Text(string? text, int length) => NodeFactsRules.Cut(text, length);
}
