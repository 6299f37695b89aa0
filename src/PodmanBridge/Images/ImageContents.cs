using System.Collections.Concurrent;
using System.Text.Json;
using Stromboli.Crds.Nodes;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// What was found in images, by image id. Each image is read once, even across restarts of the bridge. This is only a cache: a lost entry
/// is read again.
/// </summary>
internal sealed class ImageContents
{
    private readonly string _path;
    private readonly ConcurrentDictionary<string, ImageContent> _byID;

    /// <param name="path">The file.</param>
    public ImageContents(string path)
    {
        _path = path;
        _byID = new(Read(path));
    }

    /// <summary>What was found in the image; null if it was not looked into for such a CLI.</summary>
    public ImageContent? Find(string id, CliNeeds? needs) =>
        _byID.TryGetValue(id, out var content) && content.Needs == needs ? content : null;

    /// <summary>Keeps what was found.</summary>
    /// <exception cref="IOException">The file could not be written. The entry is kept in memory.</exception>
    public void Add(string id, ImageContent content)
    {
        _byID[id] = content;
        Write();
    }

    /// <summary>Forgets all images but these.</summary>
    public void KeepOnly(IReadOnlySet<string> ids)
    {
        foreach (var gone in _byID.Keys.Where(id => !ids.Contains(id)))
        {
            _byID.TryRemove(gone, out _);
        }
    }

    private void Write()
    {
        File.WriteAllBytes(
            _path + ".new",
            JsonSerializer.SerializeToUtf8Bytes(_byID.ToDictionary(), ImagesJson.Default.DictionaryStringImageContent)
        );
        File.Move(_path + ".new", _path, overwrite: true);
    }

    private static Dictionary<string, ImageContent> Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), ImagesJson.Default.DictionaryStringImageContent) ?? [];
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return [];
        }
    }
}

/// <summary>What was found in an image.</summary>
internal sealed record ImageContent
{
    /// <summary>The needs of the CLI with which it was inspected: another CLI may need something else.</summary>
    public CliNeeds? Needs { get; init; }

    /// <summary>Whether the CLI can run in it.</summary>
    public ImageCompatibility Compatibility { get; init; }

    /// <summary>Why it cannot; null otherwise.</summary>
    public string? Message { get; init; }

    /// <summary>The well-known programs that an agent finds in it.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}
