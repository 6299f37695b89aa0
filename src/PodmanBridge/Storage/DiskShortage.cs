namespace Stromboli.PodmanBridge.Storage;

/// <summary>Which of a node's file systems is short of space, and how much it has.</summary>
/// <param name="Floor">The floor: what is to stay free.</param>
/// <param name="Volumes">What the file system of the volumes has left.</param>
/// <param name="Images">What the file system of the images has left; null if it is the same file system.</param>
/// <param name="Pressed">Whether there was pressure before, so that it ends only at an eighth more than the floor.</param>
internal sealed record DiskShortage(FreeSpace Floor, FreeSpace Volumes, FreeSpace? Images, bool Pressed)
{
    /// <summary>Whether images and pulls must give way.</summary>
    public bool OfImages => StorageRules.IsPressed(Pressed, Images ?? Volumes, Floor);

    /// <summary>Whether workspaces must give way.</summary>
    public bool OfVolumes => StorageRules.IsPressed(Pressed, Volumes, Floor);

    /// <summary>Whether images and workspaces share a file system.</summary>
    public bool IsShared => Images is null;

    /// <summary>Whether the volumes' file system is short of inodes and not of bytes.</summary>
    public bool ByFiles => !StorageRules.IsPressed(Pressed, Volumes with { Files = null }, Floor);

    /// <summary>Whether the file system of the images has less left than the floor.</summary>
    public bool ImagesAreLow => StorageRules.IsLow(Images ?? Volumes, Floor);

    /// <summary>Whether the file system of the volumes has less left than the floor.</summary>
    public bool VolumesAreLow => StorageRules.IsLow(Volumes, Floor);

    /// <summary>What the fuller file system has left.</summary>
    public FreeSpace Least => Images is { } images ? StorageRules.Least(Volumes, images) : Volumes;
}
