using System.Globalization;
using OpenTelemetry.Trace;

namespace Stromboli.Telemetry.Traces;

/// <summary>
/// Records what belongs to a run's trace and nothing else: a request for a lease, say, has no parent and is dropped. Of the traces it takes
/// the share that <c>OTEL_TRACES_SAMPLER</c> says, by the trace ID alone, so that a trace is recorded as a whole or not at all.
/// </summary>
internal sealed class RunSampler : Sampler
{
    private readonly Sampler _share;

    private RunSampler(Sampler share)
    {
        _share = share;
        Description = $"RunSampler{{{share.Description}}}";
    }

    /// <summary>The sampler for the values of <c>OTEL_TRACES_SAMPLER</c> and <c>OTEL_TRACES_SAMPLER_ARG</c>; all traces if null.</summary>
    /// <exception cref="FormatException">A value is not one of the specification's.</exception>
    public static RunSampler Of(string? name, string? argument)
    {
        const string parentBased = "parentbased_";
        var share = name?.StartsWith(parentBased, StringComparison.Ordinal) == true ? name[parentBased.Length..] : name;
        return new RunSampler(
            share switch
            {
                null or "" or "always_on" => new AlwaysOnSampler(),
                "always_off" => new AlwaysOffSampler(),
                "traceidratio" => new TraceIdRatioBasedSampler(Ratio(argument)),
                _ => throw new FormatException(
                    $"OTEL_TRACES_SAMPLER {name}: must be always_on, always_off or traceidratio, with or without parentbased_ before it."
                ),
            }
        );
    }

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        var parent = samplingParameters.ParentContext;
        return parent.TraceId == default || !parent.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded)
            ? new SamplingResult(SamplingDecision.Drop)
            : _share.ShouldSample(
                new SamplingParameters(
                    default,
                    samplingParameters.TraceId,
                    samplingParameters.Name,
                    samplingParameters.Kind,
                    samplingParameters.Tags,
                    samplingParameters.Links
                )
            );
    }

    private static double Ratio(string? argument) =>
        argument is null or "" ? 1
        : double.TryParse(argument, NumberStyles.Float, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio
        : throw new FormatException($"OTEL_TRACES_SAMPLER_ARG {argument}: must be from 0 to 1.");
}
