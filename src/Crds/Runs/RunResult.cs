using System.Text.Json;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// What came of the run: of agent.command all that it wrote to its standard output; of agent.claude the text of the CLI's result, or what
/// its outputFormat asks for.
/// </summary>
public sealed record RunResult
{
    /// <summary>
    /// The end of the result, at most output.statusBytes of UTF-8, cut between characters. NUL and what is not UTF-8 stand as U+FFFD here;
    /// bytes and sha256 are those of the result as it was.
    /// </summary>
    [TextLength(0, StatusLimits.ResultBytes)]
    public string? Text { get; init; }

    /// <summary>Whether text is only the end of it.</summary>
    public bool? Truncated { get; init; }

    /// <summary>
    /// Bytes of the whole result, also if output.logBytes cut its middle out of the log. Absent for a list of claude's events with its
    /// middle cut out.
    /// </summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Bytes { get; init; }

    /// <summary>
    /// SHA-256 of the whole result, in lower case hexadecimal; absent where bytes is. For an agent that was killed together with its whole
    /// container, bytes and sha256 are those of what the log holds.
    /// </summary>
    [TextLength(0, 64)]
    public string? Sha256 { get; init; }

    /// <summary>The JSON object that output.jsonSchema asks for, if it has at most 16 KiB.</summary>
    public JsonElement? Structured { get; init; }
}
