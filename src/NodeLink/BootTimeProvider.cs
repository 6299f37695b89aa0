using System.Runtime.InteropServices;

namespace Stromboli.NodeLink;

/// <summary>
/// The system's clock, except that timestamps count on through suspend (CLOCK_BOOTTIME). Both ends of a link count leases by it: none may
/// seem younger because a machine slept. Timers are the system's, so they may be late; who asks the time is told right. Elsewhere than on
/// Linux it is the system's monotonic clock.
/// </summary>
public sealed partial class BootTimeProvider : TimeProvider
{
    private const int ClockBoottime = 7;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private BootTimeProvider() { }

    /// <summary>The one there is.</summary>
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
