using System.Text.Json;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>What the agent said at its end.</summary>
public sealed record RunResult
{
    /// <summary>The end of the result, at most output.statusBytes of UTF-8, cut between characters.</summary>
    [TextLength(0, StatusLimits.ResultBytes)]
    public string? Text { get; init; }

    /// <summary>Whether text is only the end of it.</summary>
    public bool? Truncated { get; init; }

    /// <summary>Bytes of the whole result.</summary>
    [Bounds(0, StatusLimits.Count)]
    public long? Bytes { get; init; }

    /// <summary>SHA-256 of the whole result, in lower case hexadecimal.</summary>
    [TextLength(0, 64)]
    public string? Sha256 { get; init; }

    /// <summary>The JSON object that output.jsonSchema asks for, if it has at most 16 KiB.</summary>
    public JsonElement? Structured { get; init; }
}
