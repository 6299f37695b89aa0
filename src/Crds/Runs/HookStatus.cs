using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>What became of one command of spec.lifecycle.</summary>
public sealed record HookStatus
{
    /// <summary>Its list and place in it: postCreate[1].</summary>
    [RequiredField]
    [TextLength(0, StatusLimits.Word)]
    public string? Name { get; init; }

    /// <summary>Succeeded, Failed, TimedOut, Stopped (the attempt was ended while it ran) or NotRun.</summary>
    [TextLength(0, StatusLimits.Reason)]
    [JsonConverter(typeof(LenientEnumConverter<HookResult>))]
    public HookResult? Result { get; init; }

    /// <summary>Its exit code, if it ended by itself.</summary>
    [Bounds(0, 255)]
    public int? ExitCode { get; init; }

    /// <summary>Name of the signal that ended it, such as SIGSEGV, if it ended by itself.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Signal { get; init; }

    /// <summary>Time that it took.</summary>
    [TextLength(0, StatusLimits.Duration)]
    public GoDuration? Duration { get; init; }
}
