namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a run takes of the node's disk.</summary>
/// <param name="Workspace">The workspace; default if the workspace is not a volume of the run.</param>
/// <param name="Others">The other volumes, such as HOME.</param>
/// <param name="LogBytes">Its log.</param>
internal sealed record StorageUsage(DirectoryUsage Workspace, IReadOnlyList<DirectoryUsage> Others, long LogBytes)
{
    /// <summary>Bytes of all of it.</summary>
    public long Bytes => Workspace.TotalBytes + OtherBytes + LogBytes;

    /// <summary>Bytes of the other volumes.</summary>
    public long OtherBytes => Others.Sum(other => other.TotalBytes);

    /// <summary>The number of names of files and directories.</summary>
    public long Entries => Workspace.Entries + Others.Sum(other => other.Entries);

    /// <summary>The worst of its directories.</summary>
    public DirectoryState State => Others.Select(other => other.State).Append(Workspace.State).Max();
}

/// <summary>A measurement of a run.</summary>
/// <param name="Usage">What it takes of the disk.</param>
/// <param name="Free">What the file system had free at that time.</param>
/// <param name="At">When it was made, as a timestamp.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Timeout">How long it was allowed to take.</param>
internal sealed record Measurement(StorageUsage Usage, FreeSpace Free, long At, TimeSpan Took, TimeSpan Timeout);
