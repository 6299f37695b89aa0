namespace Stromboli.PodmanBridge.Runs;

/// <summary>One attempt of one run: what everything on a node is named by.</summary>
/// <param name="UID">The UID of the AgentRun.</param>
/// <param name="Attempt">The number of the attempt, from 1.</param>
internal readonly record struct AttemptKey(string UID, int Attempt)
{
    /// <summary>As it stands in names of files and containers.</summary>
    public override string ToString() => $"{UID}-{Attempt}";
}
