namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a run may take of its node's disk, in bytes; null for no limit of its own.</summary>
/// <param name="Workspace"><c>workspace.emptyDir.sizeLimit</c>.</param>
/// <param name="Total"><c>resources.limits.ephemeralStorage</c>.</param>
/// <param name="Session"><c>storageLimit</c> of the session.</param>
internal sealed record StorageLimits(long? Workspace, long? Total, long? Session = null)
{
    /// <summary>Whether there is any.</summary>
    public bool Any => Workspace is not null || Total is not null || Session is not null;

    /// <summary>
    /// At how many bytes one can leave off measuring, since one or the other is passed for sure; null when there is no limit.
    /// </summary>
    public long? Enough => Any ? Math.Max(Session ?? 0, Math.Max(Workspace ?? 0, Total ?? 0)) : null;
}
