using Stromboli.Testbed.Nodes;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// A folder of this machine that nodes have at <see cref="Inside"/>: <c>data</c>, which runs may read, and <c>work</c>, which they may also
/// write. Both are open to everybody, so that a node's own user can put something there too.
/// </summary>
public sealed class NodeFolder : IDisposable
{
    /// <summary>Where nodes have it.</summary>
    public const string Inside = "/srv/stromboli";

    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;

    /// <summary>A new one, with what the samples want.</summary>
    public NodeFolder()
    {
        Outside = Directory.CreateTempSubdirectory("stromboli-nodes-").FullName;
        File.SetUnixFileMode(Outside, (UnixFileMode)0b111_101_101);
        foreach (var name in new[] { "data", "work" })
        {
            Make(name);
        }

        File.WriteAllText(Path.Combine(Outside, "data", "motto.txt"), "Ashes to ashes\n");
    }

    /// <summary>Where it is on this machine.</summary>
    public string Outside { get; }

    /// <summary>How a node gets it.</summary>
    public NodeMount Mount => new(Outside, Inside, Writable: true);

    /// <summary>A folder in it, open to everybody.</summary>
    /// <returns>Where it is on this machine.</returns>
    public string Make(string name)
    {
        var path = Path.Combine(Outside, name);
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Open);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Outside, recursive: true);
}
