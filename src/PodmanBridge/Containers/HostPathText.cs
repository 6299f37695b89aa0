namespace Stromboli.PodmanBridge.Containers;

/// <summary>Compares absolute paths, segment by segment.</summary>
internal static class HostPathText
{
    /// <summary>Whether one path is equal to the other or below it.</summary>
    public static bool Holds(string outer, string inner) =>
        outer == "/" || (inner.StartsWith(outer, StringComparison.Ordinal) && (inner.Length == outer.Length || inner[outer.Length] == '/'));

    /// <summary>Whether one of the two contains the other.</summary>
    public static bool Meet(string one, string other) => Holds(one, other) || Holds(other, one);

    /// <summary>The path and all its parents, innermost first, without the root.</summary>
    public static IEnumerable<string> Upwards(string path)
    {
        for (var at = path; at.Length > 1; at = at[..Math.Max(1, at.LastIndexOf('/'))])
        {
            yield return at;
        }
    }
}
