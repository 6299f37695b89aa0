using System.Globalization;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Nodes;

/// <summary>
/// Podman's storage with the test images, kept from the first node of an ordinal for later nodes of that ordinal, which have the same user
/// and subordinate ids. Loading the archives costs some five seconds of processor time for each node. Layers are never written to, so hard
/// links share them; everything else is copied.
/// </summary>
internal sealed class ImageStore(NodeLayout layout)
{
    private const string Inside = $"{NodeLayout.UserHomeInside}/.local/share/containers/storage";

    // $1 source, $2 target. Layers are in the folder of the storage driver; volumes are the node's own.
    private const string CopyScript = """
        mkdir -p "$2" || exit
        for entry in "$1"/* "$1"/.[!.]*; do
            case ${entry##*/} in
                volumes|'*'|'.[!.]*') ;;
                overlay|vfs) cp -a --link "$entry" "$2/" || exit ;;
                *) cp -a "$entry" "$2/" || exit ;;
            esac
        done
        """;

    private readonly string _kept = Cache.At(
        "node-images",
        string.Create(
            CultureInfo.InvariantCulture,
            $"{layout.Ordinal}-{layout.Root.Key}-{string.Join('-', Artefacts.Images.Select(images => images.Key))}"
        )
    );

    private string Storage => Path.Combine(layout.UserHome, Path.GetRelativePath(NodeLayout.UserHomeInside, Inside));

    /// <summary>Gives the kept images to a node that has none.</summary>
    /// <returns>Whether there were any. If not, the node must load them, and <see cref="KeepAsync"/> keeps them.</returns>
    public async Task<bool> TryFillAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(_kept) || File.Exists(Path.Combine(Storage, "storage.lock")))
        {
            return false;
        }

        await CopyAsync(_kept, Storage, cancellationToken);
        // root made the folders on the way.
        for (var folder = Storage; folder != layout.UserHome; folder = Path.GetDirectoryName(folder)!)
        {
            _ = Libc.ChangeOwner(folder, layout.User, layout.User);
        }

        return true;
    }

    /// <summary>Keeps the images of a node that has nothing else yet.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_kept))
        {
            return;
        }

        var scratch = $"{_kept}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(Path.GetDirectoryName(_kept)!);
        await CopyAsync(Storage, scratch, cancellationToken);
        try
        {
            Directory.Move(scratch, _kept);
        }
        catch (IOException) when (Directory.Exists(_kept))
        {
            // Another node of this ordinal was there first.
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static async Task CopyAsync(string source, string target, CancellationToken cancellationToken) =>
        (await Command.RunAsync("/bin/sh", ["-c", CopyScript, "copy", source, target], cancellationToken: cancellationToken)).OrThrow(
            $"Copying {source}"
        );
}
