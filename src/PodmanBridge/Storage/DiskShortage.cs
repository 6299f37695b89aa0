namespace Stromboli.PodmanBridge.Storage;

/// <summary>Which of a node's file systems is short of space, and how much it has.</summary>
/// <param name="Floor">What is to be kept free.</param>
/// <param name="Volumes">What the file system of the volumes has left.</param>
/// <param name="Images">What the file system of the images has left; null when it is the same one.</param>
/// <param name="Pressed">Whether it was short of space before, so that it must have an eighth more than the floor.</param>
internal sealed record DiskShortage(FreeSpace Floor, FreeSpace Volumes, FreeSpace? Images, bool Pressed)
{
    /// <summary>Whether images and pulls are in the way.</summary>
    public bool OfImages => StorageRules.IsPressed(Pressed, Images ?? Volumes, Floor);

    /// <summary>Whether workspaces are in the way.</summary>
    public bool OfVolumes => StorageRules.IsPressed(Pressed, Volumes, Floor);

    /// <summary>Whether images take from what the workspaces have.</summary>
    public bool IsShared => Images is null;

    /// <summary>Whether it is inodes that the volumes have too few of, and not bytes.</summary>
    public bool ByFiles => !StorageRules.IsPressed(Pressed, Volumes with { Files = null }, Floor);

    /// <summary>Whether the file system of the images has less left than the floor.</summary>
    public bool ImagesAreLow => StorageRules.IsLow(Images ?? Volumes, Floor);

    /// <summary>Whether the file system of the volumes has less left than the floor.</summary>
    public bool VolumesAreLow => StorageRules.IsLow(Volumes, Floor);

    /// <summary>What the fuller of the file systems has left.</summary>
    public FreeSpace Least => Images is { } images ? StorageRules.Least(Volumes, images) : Volumes;
}
