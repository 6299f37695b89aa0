using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Stromboli.Gateway.Telemetry;

/// <summary>
/// The metrics of the gateways, in the meter <c>Stromboli.Gateway</c>; those of model requests have the names of OpenTelemetry's
/// conventions. No label comes from an agent: a model without a price is <c>other</c>.
/// </summary>
internal static class GatewayMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Stromboli.Gateway";

    /// <summary>The gateway to models.</summary>
    public const string Model = "model";

    /// <summary>The gateway to repositories.</summary>
    public const string Git = "git";

    private const string Provider = "anthropic";

    private static readonly Meter Meter = new(MeterName);

    private static readonly string[] Reasons =
    [
        "invalid_request",
        "budget",
        "forbidden",
        "not_found",
        "too_large",
        "rate_limited",
        "unreachable",
        "unavailable",
        "timeout",
        "other",
    ];

    private static readonly Counter<long> AllowedRequests = Meter.CreateCounter<long>(
        "stromboli.gateway.requests.allowed",
        "{request}",
        "Requests of runs that were forwarded, by gateway."
    );

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>(
        "stromboli.gateway.requests.refused",
        "{request}",
        "Requests of runs that the gateway answered with an error of its own, by gateway and reason."
    );

    private static readonly Counter<long> Bytes = Meter.CreateCounter<long>(
        "stromboli.gateway.io",
        "By",
        "Bytes of bodies that were forwarded, by gateway and direction."
    );

    private static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "Tokens of a model request, by type and model.",
        tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304] }
    );

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "Duration of a model request until the end of its answer, by model and error.",
        tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640] }
    );

    /// <summary>
    /// Starts the counters at zero, because no alert can be written for a series that does not exist yet. Call it when the exporter listens.
    /// </summary>
    public static void Begin()
    {
        foreach (var gateway in new[] { Model, Git })
        {
            AllowedRequests.Add(0, Tag("gateway", gateway));
            foreach (var reason in Reasons)
            {
                Refused(gateway, reason, 0);
            }

            Sent(gateway, 0);
            Received(gateway, 0);
        }
    }

    /// <summary>A request is forwarded.</summary>
    public static void Allowed(string gateway) => AllowedRequests.Add(1, Tag("gateway", gateway));

    /// <summary>The gateway itself answers a request with an error.</summary>
    public static void Refused(string gateway, int status) =>
        Refused(
            gateway,
            status switch
            {
                400 => "invalid_request",
                403 => "forbidden",
                404 => "not_found",
                413 => "too_large",
                429 => "rate_limited",
                502 => "unreachable",
                503 => "unavailable",
                504 => "timeout",
                _ => "other",
            },
            1
        );

    /// <summary>The run's budget does not allow a request.</summary>
    public static void RefusedByBudget() => Refused(Model, "budget", 1);

    /// <summary>Bytes of a request's body were forwarded.</summary>
    public static void Sent(string gateway, long bytes) => Bytes.Add(bytes, Tag("gateway", gateway), Tag("direction", "sent"));

    /// <summary>Bytes of an answer's body were forwarded.</summary>
    public static void Received(string gateway, long bytes) => Bytes.Add(bytes, Tag("gateway", gateway), Tag("direction", "received"));

    /// <summary>A model request is over.</summary>
    /// <param name="model">The model's name in metrics.</param>
    /// <param name="input">Input tokens of every kind; null if the usage is not known.</param>
    /// <param name="output">Output tokens; null if the usage is not known.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="error">What failed, from a fixed set; null if nothing did.</param>
    public static void ModelRequest(string model, long? input, long? output, TimeSpan elapsed, string? error)
    {
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", Provider },
            { "gen_ai.request.model", model },
        };
        if (input is { } read)
        {
            Tokens.Record(read, [.. tags, Tag("gen_ai.token.type", "input")]);
        }

        if (output is { } written)
        {
            Tokens.Record(written, [.. tags, Tag("gen_ai.token.type", "output")]);
        }

        if (error is not null)
        {
            tags.Add("error.type", error);
        }

        Duration.Record(elapsed.TotalSeconds, tags);
    }

    private static void Refused(string gateway, string reason, long count) =>
        RefusedRequests.Add(count, Tag("gateway", gateway), Tag("reason", reason));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
