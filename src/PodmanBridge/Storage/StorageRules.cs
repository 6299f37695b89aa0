using System.Globalization;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Decides when a run is measured, when it exceeds its limits, and how its end is explained when the disk is full. Pure.</summary>
internal static class StorageRules
{
    /// <summary>How often the free space is asked for while there are runs.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>How often the free space is asked for when little is left above the floor.</summary>
    public static readonly TimeSpan HastyTick = TimeSpan.FromMilliseconds(100);

    /// <summary>How often the free space is asked for while there are no runs.</summary>
    public static readonly TimeSpan IdleTick = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a run with a limit stays unmeasured while the free space does not shrink: another run may free what this one fills.
    /// </summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(15);

    /// <summary>The time that a measurement gets at first.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The most time that one gets. A run that cannot be measured within it is over its limit.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(5);

    // At most a tenth of a processor.
    private const int Rest = 10;

    // What the measurer counts for an inode.
    private const int InodeBytes = 512;

    // What a fast disk can write in a second. When less is left above the floor, the watch looks more often.
    private const long FastBytes = 4L << 30;
    private const long FastFiles = 400_000;

    /// <summary>
    /// Whether to measure a run with a limit now. The trigger is the free space of the file system: when it has shrunk by half of what the
    /// run may still take, the run may be the cause.
    /// </summary>
    public static bool IsDue(StorageLimits limits, Measurement? last, FreeSpace now, TimeSpan since)
    {
        if (!limits.Any)
        {
            return false;
        }

        if (last is null)
        {
            return true;
        }

        if (since < Tick || since < last.Took * Rest)
        {
            return false;
        }

        return since >= LongestGap || Lost(last.Free, now) >= Distance(limits, last.Usage) / 2;
    }

    /// <summary>How long to wait before the free space is asked for again.</summary>
    public static TimeSpan Pause(FreeSpace now, FreeSpace floor) =>
        now.Bytes - floor.Bytes < FastBytes || now.Files - floor.Files < FastFiles ? HastyTick : Tick;

    /// <summary>The time for the next measurement of a run.</summary>
    public static TimeSpan TimeoutAfter(Measurement? last) =>
        last is not { Usage.State: DirectoryState.Late } late ? Timeout
        : late.Timeout * 2 is var twice && twice < LongestTimeout ? twice
        : LongestTimeout;

    /// <summary>Why the run is over its limits, as a sentence; null when it is not.</summary>
    public static string? Excess(StorageLimits limits, Measurement measured)
    {
        var usage = measured.Usage;
        if (limits.Workspace is { } most && usage.Workspace.TotalBytes > most)
        {
            return $"The workspace takes {Size(usage.Workspace)} of the node's disk in {usage.Workspace.Entries} files, and workspace.emptyDir.sizeLimit allows {Size(most)}.";
        }

        if (limits.Total is { } total && usage.Bytes > total)
        {
            return $"The run takes {(usage.State == DirectoryState.Whole ? "" : "at least ")}{Size(usage.Bytes)} of the node's disk in {usage.Entries} files "
                + $"(workspace {Size(usage.Workspace)}, HOME {Size(usage.OtherBytes)}, log {Size(usage.LogBytes)}), and resources.limits.ephemeralStorage allows {Size(total)}.";
        }

        if (limits.Session is { } session && usage.Bytes > session)
        {
            return $"The session takes {(usage.State == DirectoryState.Whole ? "" : "at least ")}{Size(usage.Bytes)} of the node's disk in {usage.Entries} files "
                + $"(workspace {Size(usage.Workspace)}, HOME {Size(usage.OtherBytes)}, log {Size(usage.LogBytes)}), and its storageLimit allows {Size(session)}; raise it to go on.";
        }

        return limits.Any ? Unmeasurable(limits, measured) : null;
    }

    /// <summary>Whether the file system has less left than the floor.</summary>
    public static bool IsLow(FreeSpace now, FreeSpace floor) => now.Bytes < floor.Bytes || now.Files < floor.Files;

    /// <summary>Whether the file system is short of space: from below the floor on, until it has an eighth more.</summary>
    public static bool IsPressed(bool before, FreeSpace now, FreeSpace floor) =>
        IsLow(now, before ? new FreeSpace(floor.Bytes + (floor.Bytes / 8), floor.Files + (floor.Files / 8)) : floor);

    /// <summary>The floor, as words.</summary>
    public static string FloorText(FreeSpace floor) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Size(floor.Bytes)} or {floor.Files} inodes (--min-free-space and --min-free-inodes of its bridge)"
        );

    /// <summary>The less that two file systems have left.</summary>
    public static FreeSpace Least(FreeSpace one, FreeSpace other) =>
        new(
            Math.Min(one.Bytes, other.Bytes),
            one.Files is { } files && other.Files is { } others ? Math.Min(files, others) : one.Files ?? other.Files
        );

    /// <summary>Why the largest run ends when the disk is full, as a sentence.</summary>
    public static string Full(string ns, StorageUsage usage, FreeSpace now, FreeSpace floor) =>
        now.Bytes < floor.Bytes
            ? $"The node's disk has {Size(now.Bytes)} left, less than the {Size(floor.Bytes)} that are kept free (--min-free-space of its bridge). Of all namespaces {ns} takes most of it, and "
                + $"of its runs this one: {Size(usage.Bytes)} in {usage.Entries} files (workspace {Size(usage.Workspace)}, HOME {Size(usage.OtherBytes)}, log {Size(usage.LogBytes)}), and its image. "
                + "Set resources.limits.ephemeralStorage."
            : $"The node's disk has {now.Files} inodes left, fewer than the {floor.Files} that are kept free (--min-free-inodes of its bridge). Of all namespaces {ns} takes most of them, and "
                + $"of its runs this one: {usage.Entries} files. Set resources.limits.ephemeralStorage.";

    private static string? Unmeasurable(StorageLimits limits, Measurement measured) =>
        measured.Usage.State switch
        {
            DirectoryState.Deep => $"The run's directories are nested too deep to be measured, and {Field(limits)} cannot be kept.",
            DirectoryState.Denied => $"Some of the run's directories cannot be read, and {Field(limits)} cannot be kept.",
            DirectoryState.Late when measured.Timeout >= LongestTimeout =>
                $"The run has so many files, more than {measured.Usage.Entries}, that they cannot be measured in {LongestTimeout.TotalMinutes:0} minutes, and {Field(limits)} cannot be kept.",
            _ => null,
        };

    private static string Field(StorageLimits limits) =>
        limits.Total is not null ? "resources.limits.ephemeralStorage"
        : limits.Workspace is not null ? "workspace.emptyDir.sizeLimit"
        : "the session's storageLimit";

    private static long Lost(FreeSpace then, FreeSpace now) =>
        Math.Max(0, then.Bytes - now.Bytes) + Math.Max(0, InodeBytes * ((then.Files - now.Files) ?? 0));

    private static long Distance(StorageLimits limits, StorageUsage usage) =>
        Math.Max(
            0,
            Math.Min(
                limits.Workspace - usage.Workspace.TotalBytes ?? long.MaxValue,
                Math.Min(limits.Total - usage.Bytes ?? long.MaxValue, limits.Session - usage.Bytes ?? long.MaxValue)
            )
        );

    private static string Size(DirectoryUsage usage) =>
        usage.State == DirectoryState.Whole ? Size(usage.TotalBytes) : "at least " + Size(usage.TotalBytes);

    private static string Size(long bytes) =>
        bytes switch
        {
            >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.##}Gi"),
            >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.#}Mi"),
            >= 1L << 10 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 10):0}Ki"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes}"),
        };
}
