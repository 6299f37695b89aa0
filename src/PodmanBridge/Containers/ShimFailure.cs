namespace Stromboli.PodmanBridge.Containers;

/// <summary>Why the agent could not be started.</summary>
internal sealed record ShimFailure
{
    /// <summary>The step: <c>go</c>, <c>relay</c>, <c>workdir</c>, <c>exec</c>.</summary>
    public required string Step { get; init; }

    /// <summary>The system's error number; 0 if there is none.</summary>
    public int Errno { get; init; }

    /// <summary>One sentence.</summary>
    public string Message { get; init; } = "";

    /// <summary>The hook that could not be started; null if the agent could not be started.</summary>
    public string? Hook { get; init; }
}
