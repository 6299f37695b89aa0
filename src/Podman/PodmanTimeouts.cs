namespace Stromboli.Podman;

/// <summary>How long a call may take before it counts as unanswered.</summary>
internal static class PodmanTimeouts
{
    /// <summary>Calls that only read.</summary>
    public static readonly TimeSpan Read = TimeSpan.FromSeconds(15);

    /// <summary>Calls that create, start or remove; long, because Podman takes locks and the disk may be busy.</summary>
    public static readonly TimeSpan Write = TimeSpan.FromSeconds(60);

    /// <summary>No bound: streams and waits end with their token.</summary>
    public static readonly TimeSpan None = Timeout.InfiniteTimeSpan;
}
