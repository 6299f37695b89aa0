using System.Globalization;

namespace Stromboli.Kubernetes;

/// <summary>
/// Order of resource versions. They were opaque officially, but every API server on etcd uses its revision, and Kubernetes 1.35 documents
/// the numeric order for its own kinds and custom resources. If a version is not a number, only equality is known.
/// </summary>
internal static class ResourceVersions
{
    /// <summary>
    /// Whether <paramref name="a"/> is known to be older than <paramref name="b"/>; without numbers, whether they differ.
    /// </summary>
    public static bool Precedes(string? a, string? b) => TryParse(a, out var x) && TryParse(b, out var y) ? x < y : a != b;

    /// <summary>Whether <paramref name="a"/> is known to be <paramref name="b"/> or older; false without numbers.</summary>
    public static bool IsReached(string? a, string? b) => TryParse(a, out var x) && TryParse(b, out var y) && x <= y;

    private static bool TryParse(string? text, out ulong version) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version);
}
