using System.Runtime.InteropServices;

namespace Stromboli.NodeLink;

/// <summary>
/// The system clock, with timestamps that also count suspended time (CLOCK_BOOTTIME). Both ends of a link measure leases with it, so that a
/// lease is not extended by the time that a machine was suspended. Timers are those of the system and can fire late; timestamps are exact.
/// On other systems than Linux, timestamps are those of the system's monotonic clock.
/// </summary>
public sealed partial class BootTimeProvider : TimeProvider
{
    private const int ClockBoottime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootTimeProvider() { }

    /// <summary>The only instance.</summary>
    public static BootTimeProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => OperatingSystem.IsLinux() ? NanosecondsPerSecond : base.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        if (!OperatingSystem.IsLinux())
        {
            return base.GetTimestamp();
        }

        return ClockGetTime(ClockBoottime, out var time) == 0
            ? ((long)time.Seconds * NanosecondsPerSecond) + time.Nanoseconds
            : throw new InvalidOperationException("clock_gettime(CLOCK_BOOTTIME) failed.");
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ClockGetTime(int clock, out Timespec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timespec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
