namespace Stromboli.PodmanBridge.Logs;

/// <summary>Where a line of a log comes from.</summary>
internal enum LogStream
{
    /// <summary>The agent's standard output.</summary>
    Stdout,

    /// <summary>The agent's standard error, and what git said while it cloned.</summary>
    Stderr,

    /// <summary>What hooks wrote, to either stream.</summary>
    Hooks,
}
