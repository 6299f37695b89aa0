namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// What the CLI reports at its end; several results are combined into one. Any process of the agent can write to the CLI's output, so an
/// envelope may make an outcome worse and never better. Its figures for tokens and cost are not read.
/// </summary>
internal sealed record ClaudeEnvelope
{
    /// <summary>The largest number of turns that is counted.</summary>
    public const int MostTurns = 1_000_000;

    /// <summary>The longest time that is counted, in milliseconds.</summary>
    public const long LongestMs = int.MaxValue;

    /// <summary>Whether the CLI reports its run, or any result of it, as failed.</summary>
    public required bool IsError { get; init; }

    /// <summary>
    /// For example <c>success</c> or <c>error_max_turns</c>. If a result failed, this is the subtype of the last failed one.
    /// </summary>
    public required string Subtype { get; init; }

    /// <summary>The turns taken.</summary>
    public int? Turns { get; init; }

    /// <summary>The time that the CLI ran, in milliseconds.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The time that it waited for the model, in milliseconds.</summary>
    public long? ApiDurationMs { get; init; }

    /// <summary>The number of tool uses that were denied.</summary>
    public int PermissionDenials { get; init; }

    /// <summary>The id of the conversation.</summary>
    public string? SessionID { get; init; }

    /// <summary>The structured result, a JSON object as text: the last one; null if there is none.</summary>
    public string? Structured { get; init; }

    /// <summary>The first error that the CLI reports instead of a result, or the end of a very long one; null if there is none.</summary>
    public string? Error { get; init; }

    /// <summary>How many results are combined here.</summary>
    public int Results { get; init; } = 1;

    /// <summary>Whether one of the results had a number. The CLI numbers its own results.</summary>
    public bool IsNumbered { get; init; }

    /// <summary>Whether an earlier result is missing: the CLI numbers its results, and the log may have lost its middle.</summary>
    public bool ResultsLost { get; init; }

    /// <summary>
    /// Combines this and a later result. A result counts its own turns and permission denials, but its time at the model is that of the
    /// whole process. A later success does not undo a failure, because any process of the agent can write one.
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

    /// <summary>What remains of results that the CLI may not have written itself: whether one of them reported a failure.</summary>
    public ClaudeEnvelope OnlyFailure() =>
        new()
        {
            IsError = IsError,
            Subtype = Subtype,
            Error = Error,
            Results = 0,
            IsNumbered = true,
        };

    // Before 2.1 the flag of a result of error_max_turns did not mark it as an error.
    private bool IsFailed => IsError || Subtype.StartsWith("error", StringComparison.Ordinal);
}
