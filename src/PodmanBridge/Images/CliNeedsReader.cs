namespace Stromboli.PodmanBridge.Images;

/// <summary>What the node's CLI needs, read again only when the file is another.</summary>
/// <param name="path">The CLI's file; null if the node has none.</param>
internal sealed class CliNeedsReader(string? path)
{
    private Answer? _known;

    /// <summary>What it needs; null if there is no CLI, or none that names a loader.</summary>
    public CliNeeds? Read()
    {
        if (path is null)
        {
            return null;
        }

        var written = File.GetLastWriteTimeUtc(path);
        // Read twice at the same time, it says the same twice.
        if (_known is not { } known || known.Written != written)
        {
            _known = known = new Answer(written, CliNeeds.Of(path));
        }

        return known.Needs;
    }

    private sealed record Answer(DateTime Written, CliNeeds? Needs);
}
