using System.Collections;

namespace Stromboli.Telemetry.Export;

/// <summary>
/// The variables <c>OTEL_*</c> of OpenTelemetry's specification. Nothing is exported unless they name an endpoint; without one the SDK would
/// try a collector on this machine.
/// </summary>
internal sealed record OtelEnvironment(IReadOnlyDictionary<string, string?> Values)
{
    private const string Prefix = "OTEL_";

    /// <summary>The variables of this process.</summary>
    public static OtelEnvironment Read() =>
        new(
            Environment
                .GetEnvironmentVariables()
                .Cast<DictionaryEntry>()
                .Where(variable => ((string)variable.Key).StartsWith(Prefix, StringComparison.Ordinal))
                .ToDictionary(variable => (string)variable.Key, variable => (string?)variable.Value)
        );

    /// <summary>Whether traces are exported.</summary>
    public bool ExportsTraces => Exports("TRACES");

    /// <summary>Whether metrics are exported.</summary>
    public bool ExportsMetrics => Exports("METRICS");

    /// <summary>A variable; null if it is absent or empty, which the specification treats alike.</summary>
    public string? Find(string name) => Values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private bool Exports(string signal) =>
        !string.Equals(Find("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        && Find($"OTEL_{signal}_EXPORTER") is null or "otlp"
        && (Find("OTEL_EXPORTER_OTLP_ENDPOINT") ?? Find($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT")) is not null;
}
