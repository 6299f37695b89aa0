using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>How much of the agent's output is kept.</summary>
public sealed record OutputSpec
{
    /// <summary>
    /// statusBytes is the maximum size of status.result.text, in bytes, at most 32Ki. A longer result is cut at its beginning. Defaults to
    /// 16Ki.
    /// </summary>
    [QuantityBounds(RunLimits.MinStatusBytes, RunLimits.MaxStatusBytes)]
    public Quantity? StatusBytes { get; init; }

    /// <summary>
    /// logBytes is the maximum size of the log that the node keeps until ttlAfterFinished, in bytes, from 64Ki to 1Gi. A longer log is cut
    /// in its middle. Each line counts as at least 32 bytes. Defaults to 64Mi.
    /// </summary>
    [QuantityBounds(RunLimits.MinLogBytes, RunLimits.MaxLogBytes)]
    public Quantity? LogBytes { get; init; }

    /// <summary>
    /// jsonSchema is a JSON Schema, as a string, for an object that the CLI's agent returns in status.result.structured. A run that ends
    /// without such an object fails. At most 64 KiB of UTF-8.
    /// </summary>
    [MaxBytes(RunLimits.TextBytes)]
    [Pattern(Patterns.JsonObject, Messages.JsonObject, Sensitive = true)]
    public string? JsonSchema { get; init; }
}
