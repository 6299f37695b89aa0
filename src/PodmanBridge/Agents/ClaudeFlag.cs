using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>An option of the CLI, or one value of it.</summary>
/// <param name="Field">The member of <see cref="ClaudeOptions"/>.</param>
/// <param name="IsUsed">Whether options use it.</param>
/// <param name="Since">The first version that knows it.</param>
/// <param name="Value">The value, when this is about one; null for the option.</param>
/// <param name="Until">The first version that does not know it any more; null when none is known.</param>
internal sealed record ClaudeFlag(string Field, Func<ClaudeOptions, bool> IsUsed, Version Since, string? Value, Version? Until)
{
    /// <summary>Whether a version of the CLI knows it.</summary>
    public bool IsKnownTo(Version cli) => cli >= Since && (Until is null || cli < Until);
}
