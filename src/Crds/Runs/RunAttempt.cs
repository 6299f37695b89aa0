using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>One attempt at the run.</summary>
public sealed record RunAttempt
{
    /// <summary>Number of the attempt, from 1.</summary>
    [RequiredField]
    [Bounds(1, int.MaxValue)]
    public int? Attempt { get; init; }

    /// <summary>The AgentNode it was placed on.</summary>
    [TextLength(0, RunLimits.Name)]
    public string? Node { get; init; }

    /// <summary>When it was recorded on the node.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>When it ended; absent while it is under way.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? EndTime { get; init; }

    /// <summary>How it ended: one of the reasons of status.reason.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<RunReason>))]
    public RunReason? Reason { get; init; }

    /// <summary>Exit code of the agent, if it ended by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>What it cost, in US dollars, as a decimal number.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? CostUSD { get; init; }
}
