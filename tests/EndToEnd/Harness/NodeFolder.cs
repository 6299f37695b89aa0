using Stromboli.Testbed.Nodes;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// A folder of this machine that nodes mount at <see cref="Inside"/>, with <c>data</c>, which runs may read, and <c>work</c>, which they
/// may also write. Both are open to every user, so that a node's own user can write there too.
/// </summary>
public sealed class NodeFolder : IDisposable
{
    /// <summary>Its path on nodes.</summary>
    public const string Inside = "/srv/stromboli";

    private const UnixFileMode Open = (UnixFileMode)0b111_111_111;

    /// <summary>Makes a folder with the files that the samples need.</summary>
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

    /// <summary>The mount that brings it into a node.</summary>
    public NodeMount Mount => new(Outside, Inside, Writable: true);

    /// <summary>Makes a folder in it that is open to every user.</summary>
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
