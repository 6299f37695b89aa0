using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge;

/// <summary>The system's time, with timestamps of CLOCK_BOOTTIME: leases and deadlines go on while the machine is suspended (clock_gettime(2)).</summary>
internal sealed partial class BootTimeProvider : TimeProvider
{
    private const int ClockBootTime = 7;

    /// <summary>The one there is.</summary>
    public static BootTimeProvider Instance { get; } = new();

    /// <inheritdoc/>
    public override long TimestampFrequency => 1_000_000_000;

    /// <inheritdoc/>
    public override long GetTimestamp() =>
        ClockGetTime(ClockBootTime, out var time) == 0
            ? (time.Seconds * TimestampFrequency) + time.Nanoseconds
            : throw new InvalidOperationException($"clock_gettime failed with error {Marshal.GetLastPInvokeError()}.");

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
