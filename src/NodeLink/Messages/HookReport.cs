using System.Text.Json.Serialization;
using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>What became of one hook.</summary>
public sealed record HookReport
{
    /// <summary>Its name, as in <see cref="AttemptSpec.Hooks"/>.</summary>
    public required string Name { get; init; }

    /// <summary>How it ended.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<HookResult>))]
    public required HookResult Result { get; init; }

    /// <summary>Its exit code, when it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, for example <c>SIGSEGV</c>, when nobody of ours did.</summary>
    public string? Signal { get; init; }

    /// <summary>How long it took, in milliseconds; null when it could not be started.</summary>
    public long? DurationMs { get; init; }
}
