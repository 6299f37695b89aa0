using System.Formats.Tar;
using Stromboli.Testbed.Nodes;

namespace Stromboli.EndToEnd.Images;

/// <summary>Makes images on a node.</summary>
internal static class Workshop
{
    private const string Script = """
        set -e; d=$(mktemp -d); trap 'rm -rf "$d"' EXIT
        base64 -d | tar -x -C "$d"
        name=$1; shift
        podman build --quiet --network none "$@" --tag "$name" "$d"
        """;

    /// <summary>Makes an image from a Containerfile (without RUN) and the files that it copies.</summary>
    public static async Task BuildAsync(
        PodmanNode node,
        string name,
        string containerfile,
        IReadOnlyDictionary<string, byte[]> files,
        params string[] options
    )
    {
        using var context = new MemoryStream();
        await using (var tar = new TarWriter(context, leaveOpen: true))
        {
            foreach (
                var (path, content) in files.Append(KeyValuePair.Create("Containerfile", System.Text.Encoding.UTF8.GetBytes(containerfile)))
            )
            {
                await tar.WriteEntryAsync(
                    new UstarTarEntry(TarEntryType.RegularFile, path)
                    {
                        DataStream = new MemoryStream(content),
                        Mode = (UnixFileMode)0b111_101_101,
                    }
                );
            }
        }

        (await node.RunAsync(["sh", "-c", Script, "build", name, .. options], Convert.ToBase64String(context.ToArray()))).OrThrow(
            $"Building {name}"
        );
    }
}
