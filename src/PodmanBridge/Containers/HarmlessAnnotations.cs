namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Annotations that a container may carry: Podman's own notes, and the metadata of images, on which no runtime acts. Podman 4 takes over an
/// image's annotations, and with others an image could steer the runtime (<c>run.oci.*</c>, <c>org.systemd.property.*</c>).
/// </summary>
internal static class HarmlessAnnotations
{
    /// <summary>Defined by the OCI image specification for descriptions only; Podman keeps its stop signal there too.</summary>
    private const string Metadata = "org.opencontainers.image.";

    /// <summary>Podman 4's own flags, harmless where they say no.</summary>
    private const string Flags = "io.podman.annotations.";

    private static readonly string[] Own =
    [
        "io.container.manager",
        "io.kubernetes.cri-o.Created",
        "io.kubernetes.cri-o.TTY",
        "org.systemd.property.KillSignal",
        "org.systemd.property.TimeoutStopUSec",
    ];

    /// <summary>The names of those that are not harmless.</summary>
    public static IEnumerable<string> Others(IReadOnlyDictionary<string, string>? annotations) =>
        (annotations ?? new Dictionary<string, string>()).Where(a => !IsHarmless(a.Key, a.Value)).Select(a => a.Key);

    private static bool IsHarmless(string key, string value) =>
        Own.Contains(key, StringComparer.Ordinal)
        || key.StartsWith(Metadata, StringComparison.Ordinal)
        || (key.StartsWith(Flags, StringComparison.Ordinal) && value == "FALSE");
}
