namespace Stromboli.Testbed.Setup;

/// <summary>One thing the cache holds, and how it comes about.</summary>
/// <param name="Key">Name, version and revision: its folder in the cache. A changed recipe gets a new revision.</param>
/// <param name="Title">What it is, for the progress lines.</param>
/// <param name="Recipe">A script of <c>recipes/</c>; called with the folder to fill and a scratch folder.</param>
public sealed record Artefact(string Key, string Title, string Recipe)
{
    /// <summary>Further arguments of the recipe.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Further environment of the recipe.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Artefacts that the recipe uses.</summary>
    public IReadOnlyList<Artefact> Needs { get; init; } = [];

    /// <summary>Programs that the recipe uses, each with the Debian package that brings it.</summary>
    public IReadOnlyList<BuildTool> Tools { get; init; } = [];

    /// <summary>Whether the testbed goes on without it (and says so) when it cannot be made.</summary>
    public bool Optional { get; init; }

    /// <summary>Its folder.</summary>
    public string Folder => Cache.At(Key);

    /// <summary>Whether it is there. Folders appear by rename, so what is there is whole.</summary>
    public bool Exists => Directory.Exists(Folder);

    /// <summary>Whether it is not to be made now: it is there, or optional and could not be made within the last day.</summary>
    public bool IsSettled =>
        Exists || (Optional && File.Exists(FailurePath) && File.GetLastWriteTimeUtc(FailurePath) > DateTime.UtcNow.AddDays(-1));

    /// <summary>Made when an optional artefact could not be: a try takes minutes.</summary>
    internal string FailurePath => Cache.At("logs", $"{Key}.failed");

    /// <summary>A path in its folder.</summary>
    public string At(string path) => Path.Combine(Folder, path);
}
