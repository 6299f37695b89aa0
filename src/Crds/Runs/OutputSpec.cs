using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>How much of the output is kept.</summary>
public sealed record OutputSpec
{
    /// <summary>Bytes of the end of the result that status.result.text holds, at most 32Ki. 16Ki when absent.</summary>
    [QuantityBounds(RunLimits.MinStatusBytes, RunLimits.MaxStatusBytes)]
    public Quantity? StatusBytes { get; init; }

    /// <summary>
    /// Bytes of log that the node keeps until ttlAfterFinished, 64Ki to 1Gi; what is more is cut out of the middle. A line counts as at
    /// least 32. 64Mi when absent.
    /// </summary>
    [QuantityBounds(RunLimits.MinLogBytes, RunLimits.MaxLogBytes)]
    public Quantity? LogBytes { get; init; }

    /// <summary>
    /// JSON Schema, as text, of an object that the CLI's agent gives as its result; it is in status.result.structured, and a run without
    /// one fails. At most 64 KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Sentences.JsonObject, Discreet = true)]
    public string? JsonSchema { get; init; }
}
