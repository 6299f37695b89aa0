using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Images;

/// <summary>Removes images that this bridge pulled, when the disk is full.</summary>
internal sealed partial class ImageRemover(IPodman podman, PulledImages pulled, PrePuller ahead, ILogger<ImageRemover> logger)
{
    /// <summary>Removes an image with all its names, unless an attempt holds it or it is no longer this bridge's alone.</summary>
    /// <returns>Whether it was removed.</returns>
    /// <exception cref="PodmanException">The engine failed; a container may use the image.</exception>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        if (
            (await podman.Images.ListAsync(cancellationToken)).FirstOrDefault(image => image.ID == id) is not { } image
            || !pulled.Pulled(image)
        )
        {
            return false;
        }

        var names = image.Names ?? [];
        var removed = await pulled.TryRemoveAsync(
            id,
            async () =>
            {
                // The image goes with its last name, or by its id if it has no name. A call that changes something is never abandoned.
                foreach (var name in names.Length == 0 ? [id] : names)
                {
                    await podman.Images.RemoveAsync(name, CancellationToken.None);
                }
            }
        );
        if (!removed)
        {
            return false;
        }

        Log.Removed(logger, names.FirstOrDefault() ?? id, image.Size);
        foreach (var name in names)
        {
            ahead.Removed(name);
        }

        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The disk is nearly full: removed the unused image {Image} of {Size} bytes")]
        public static partial void Removed(ILogger logger, string image, long size);
    }
}
