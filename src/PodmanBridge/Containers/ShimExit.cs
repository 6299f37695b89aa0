namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// How the agent's process ended, as the shim reports it. Exactly one of <see cref="Code"/> and <see cref="Signal"/> is set.
/// </summary>
internal sealed record ShimExit
{
    /// <summary>The exit code.</summary>
    public int? Code { get; init; }

    /// <summary>The signal's number.</summary>
    public int? Signal { get; init; }

    /// <summary>The signal's name, for example <c>SIGSEGV</c>.</summary>
    public string? SignalName { get; init; }

    /// <summary>Who ended it: <c>agent</c>, <c>stop</c>, <c>lease</c>, or <c>hooks</c> if the time of the hooks was over.</summary>
    public string By { get; init; } = "agent";

    /// <summary>Bytes that the agent wrote to its standard output.</summary>
    public long StdoutBytes { get; init; }

    /// <summary>
    /// SHA-256 of everything that the agent wrote to its standard output, in lower case hexadecimal; null from an older shim that does not
    /// compute it.
    /// </summary>
    public string? StdoutSha256 { get; init; }

    /// <summary>Bytes that the agent wrote to its standard error.</summary>
    public long StderrBytes { get; init; }

    /// <summary>Whether some of the output is missing from the log.</summary>
    public bool Truncated { get; init; }

    /// <summary>The hook that ended, and everything with it; null if the agent ended.</summary>
    public string? Hook { get; init; }
}
