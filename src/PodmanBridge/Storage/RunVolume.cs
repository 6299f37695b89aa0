namespace Stromboli.PodmanBridge.Storage;

/// <summary>A volume of a run: an own directory on the node's disk.</summary>
/// <param name="Directory">Where it is on the node.</param>
/// <param name="MountPoint">Where it is in the container.</param>
internal sealed record RunVolume(string Directory, string MountPoint);
