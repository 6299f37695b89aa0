namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// What the CLI says at its end; of several results, all as one. Any process of the agent can write to the CLI's output, so this may make
/// an outcome worse and never better; its figures of tokens and cost are not read at all.
/// </summary>
internal sealed record ClaudeEnvelope
{
    /// <summary>The largest number of turns that is counted.</summary>
    public const int MostTurns = 1_000_000;

    /// <summary>The longest time that is counted, in milliseconds.</summary>
    public const long LongestMs = int.MaxValue;

    /// <summary>Whether the CLI counts its own run, or any result of it, as failed.</summary>
    public required bool IsError { get; init; }

    /// <summary>For example <c>success</c> or <c>error_max_turns</c>; that of the last failed result if there is one.</summary>
    public required string Subtype { get; init; }

    /// <summary>The turns taken.</summary>
    public int? Turns { get; init; }

    /// <summary>The time that the CLI ran, in milliseconds.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The time that it waited for the model, in milliseconds.</summary>
    public long? ApiDurationMs { get; init; }

    /// <summary>Tool uses that were not permitted.</summary>
    public int PermissionDenials { get; init; }

    /// <summary>The conversation.</summary>
    public string? SessionID { get; init; }

    /// <summary>The structured result, a JSON object as text: the last one; null when there is none.</summary>
    public string? Structured { get; init; }

    /// <summary>The first error that it tells instead of a result, or the end of a very long one; null when there is none.</summary>
    public string? Error { get; init; }

    /// <summary>How many results this stands for.</summary>
    public int Results { get; init; } = 1;

    /// <summary>Whether one of them had a number, as the CLI's own have.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>
    /// Whether another result was told before and is missing: the CLI numbers them, and the log may have lost its middle.
    /// </summary>
    public bool ResultsLost { get; init; }

    /// <summary>
    /// This and a later result as one. Turns and permission denials of a result are its own, the time at the model is that of the whole
    /// process. A later success takes no failure back: any process of the agent can write one.
    /// </summary>
    public ClaudeEnvelope Then(ClaudeEnvelope later) =>
        later with
        {
            IsError = IsError || later.IsError,
            Subtype = IsFailed && !later.IsFailed ? Subtype : later.Subtype,
            Turns = Turns is null && later.Turns is null ? null : Math.Min(MostTurns, (Turns ?? 0) + (later.Turns ?? 0)),
            DurationMs =
                DurationMs is null && later.DurationMs is null ? null : Math.Min(LongestMs, (DurationMs ?? 0) + (later.DurationMs ?? 0)),
            PermissionDenials = (int)Math.Min(MostTurns, (long)PermissionDenials + later.PermissionDenials),
            SessionID = later.SessionID ?? SessionID,
            Structured = later.Structured ?? Structured,
            Results = Math.Min(MostTurns, Results + 1),
            IsNumbered = IsNumbered || later.IsNumbered,
            ResultsLost = ResultsLost || later.ResultsLost,
        };

    /// <summary>What stays of results that the CLI may not have written itself: that one told of a failure.</summary>
    public ClaudeEnvelope OnlyFailure() =>
        new()
        {
            IsError = IsError,
            Subtype = Subtype,
            Error = Error,
            Results = 0,
            IsNumbered = true,
        };

    // Before 2.1 a result of error_max_turns was no error by its flag.
    private bool IsFailed => IsError || Subtype.StartsWith("error", StringComparison.Ordinal);
}
