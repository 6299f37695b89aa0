namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Annotations that a container may carry: Podman's own notes, and the metadata of images. Runtimes do not act on them. Podman 4 copies an
/// image's annotations, and with other annotations an image could control the runtime (<c>run.oci.*</c>, <c>org.systemd.property.*</c>).
/// </summary>
internal static class HarmlessAnnotations
{
    /// <summary>
    /// Annotations that the OCI image specification defines for descriptions only. Podman also stores its stop signal in one.
    /// </summary>
    private const string Metadata = "org.opencontainers.image.";

    /// <summary>Podman 4's own flags, which are harmless if their value is false.</summary>
    private const string Flags = "io.podman.annotations.";

    private static readonly string[] Own =
    [
        "io.container.manager",
        "io.kubernetes.cri-o.Created",
        "io.kubernetes.cri-o.TTY",
        "org.systemd.property.KillSignal",
        "org.systemd.property.TimeoutStopUSec",
    ];

    /// <summary>The names of the annotations that are not harmless.</summary>
    public static IEnumerable<string> Others(IReadOnlyDictionary<string, string>? annotations) =>
        (annotations ?? new Dictionary<string, string>()).Where(a => !IsHarmless(a.Key, a.Value)).Select(a => a.Key);

    private static bool IsHarmless(string key, string value) =>
        Own.Contains(key, StringComparer.Ordinal)
        || key.StartsWith(Metadata, StringComparison.Ordinal)
        || (key.StartsWith(Flags, StringComparison.Ordinal) && value == "FALSE");
}
