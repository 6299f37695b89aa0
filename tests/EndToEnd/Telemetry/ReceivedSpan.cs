namespace Stromboli.EndToEnd.Telemetry;

/// <summary>A span as it arrived (opentelemetry/proto/trace/v1/trace.proto).</summary>
/// <param name="Service">The <c>service.name</c> of its resource.</param>
/// <param name="Name">Its name.</param>
/// <param name="TraceID">Hex digits.</param>
/// <param name="SpanID">Hex digits.</param>
/// <param name="ParentID">Hex digits; empty for a root.</param>
/// <param name="Start">Nanoseconds since 1970.</param>
/// <param name="End">Nanoseconds since 1970.</param>
/// <param name="Attributes">Its attributes as texts.</param>
/// <param name="Events">The names of its events.</param>
/// <param name="IsError">Whether its status is an error.</param>
internal sealed record ReceivedSpan(
    string Service,
    string Name,
    string TraceID,
    string SpanID,
    string ParentID,
    ulong Start,
    ulong End,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Events,
    bool IsError
)
{
    /// <summary>The spans of an ExportTraceServiceRequest.</summary>
    public static IEnumerable<ReceivedSpan> Of(ProtoMessage request) =>
        from resourceSpans in request.Messages(1)
        let service = ServiceOf(resourceSpans)
        from scopeSpans in resourceSpans.Messages(2)
        from span in scopeSpans.Messages(2)
        select new ReceivedSpan(
            service,
            span.Text(5),
            span.Hex(1),
            span.Hex(2),
            span.Hex(4),
            span.Number(7),
            span.Number(8),
            AttributesOf(span, 9),
            [.. span.Messages(11).Select(happened => happened.Text(2))],
            span.Messages(15).Any(status => status.Number(3) == 2)
        );

    /// <summary>The <c>service.name</c> of a ResourceSpans or ResourceMetrics.</summary>
    public static string ServiceOf(ProtoMessage resourceSignals) =>
        AttributesOf(resourceSignals.Messages(1).Single(), 1).GetValueOrDefault("service.name", "");

    private static Dictionary<string, string> AttributesOf(ProtoMessage message, int field) =>
        message.Messages(field).ToDictionary(pair => pair.Text(1), pair => ValueOf(pair.Messages(2).Single()));

    // AnyValue: a text, a truth value, a whole number or a double.
    private static string ValueOf(ProtoMessage value) =>
        value.Texts(1).FirstOrDefault()
        ?? (
            value.Number(4) is > 0 and var bits
                ? BitConverter.UInt64BitsToDouble(bits).ToString(System.Globalization.CultureInfo.InvariantCulture)
                : Math.Max(value.Number(2), value.Number(3)).ToString(System.Globalization.CultureInfo.InvariantCulture)
        );

    /// <inheritdoc/>
    public override string ToString() => $"{Service}: {Name} {SpanID} < {ParentID}";
}
