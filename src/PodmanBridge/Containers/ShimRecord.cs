namespace Stromboli.PodmanBridge.Containers;

/// <summary>A line of the shim's own in the log, the durable copy of its reports. The agent cannot write such a line.</summary>
internal sealed record ShimRecord
{
    /// <summary><c>hookStarted</c>, <c>hookEnded</c>, <c>started</c>, <c>truncated</c>, <c>exited</c> or <c>failed</c>.</summary>
    public required string T { get; init; }

    /// <summary>The hook of a <c>hookStarted</c> or <c>hookEnded</c> record.</summary>
    public string? Name { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public long Ms { get; init; }

    /// <summary>As in <see cref="ShimStarted"/>.</summary>
    public IReadOnlyList<ShimHookDone>? Hooks { get; init; }

    /// <summary>The stream of a <c>truncated</c> record.</summary>
    public string? Stream { get; init; }

    /// <summary>The bytes left out at a <c>truncated</c> record.</summary>
    public long Omitted { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public int? Code { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public int? Signal { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public string? SignalName { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public string? By { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public long StdoutBytes { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public string? StdoutSha256 { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public long StderrBytes { get; init; }

    /// <summary>As in <see cref="ShimExit"/>.</summary>
    public bool Truncated { get; init; }

    /// <summary>As in <see cref="ShimFailure"/>.</summary>
    public string? Step { get; init; }

    /// <summary>As in <see cref="ShimFailure"/>.</summary>
    public int Errno { get; init; }

    /// <summary>As in <see cref="ShimFailure"/>.</summary>
    public string? Message { get; init; }

    /// <summary>As in <see cref="ShimExit"/> and <see cref="ShimFailure"/>.</summary>
    public string? Hook { get; init; }

    /// <summary>The exit that an <c>exited</c> record reports.</summary>
    public ShimExit ToExit() =>
        new()
        {
            Code = Code,
            Signal = Signal,
            SignalName = SignalName,
            By = By ?? "agent",
            StdoutBytes = StdoutBytes,
            StdoutSha256 = StdoutSha256,
            StderrBytes = StderrBytes,
            Truncated = Truncated,
            Hook = Hook,
        };

    /// <summary>The failure that a <c>failed</c> record reports.</summary>
    public ShimFailure ToFailure() =>
        new()
        {
            Step = Step ?? "",
            Errno = Errno,
            Message = Message ?? "",
            Hook = Hook,
        };
}
