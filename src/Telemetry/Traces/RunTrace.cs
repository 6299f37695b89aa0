using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Stromboli.Telemetry.Traces;

/// <summary>
/// The trace of a run. Its trace ID is the run's UID without dashes, and the IDs of the spans that have children follow from the UID as
/// well. So operator and bridge agree on them without asking, and a span can be written when it is over, by a process that did not see it
/// begin. Nothing here costs anything without a listener.
/// </summary>
internal static class RunTrace
{
    /// <summary>The source of the spans that are written when they are over.</summary>
    public const string SourceName = "Stromboli.Runs";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Whether anything listens to the traces of runs.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>The trace ID of a run: its UID as 32 hex digits. A UID that is not a UUID is hashed.</summary>
    public static ActivityTraceId TraceIDOf(string uid) =>
        Guid.TryParseExact(uid, "D", out var id) && id != Guid.Empty
            ? ActivityTraceId.CreateFromString(id.ToString("N"))
            : ActivityTraceId.CreateFromBytes(Hash(uid).AsSpan(0, 16));

    /// <summary>The ID of the span of the run itself, which is the root of its trace.</summary>
    public static ActivitySpanId RunSpanID(string uid) => SpanIDOf(uid, "run");

    /// <summary>The ID of the span of an attempt.</summary>
    public static ActivitySpanId AttemptSpanID(string uid, int attempt) => SpanIDOf(uid, $"attempt/{attempt}");

    /// <summary>The ID of the span of an attempt's agent.</summary>
    public static ActivitySpanId AgentSpanID(string uid, int attempt) => SpanIDOf(uid, $"agent/{attempt}");

    /// <summary>The context of a trace without a span: the parent of its root.</summary>
    public static ActivityContext RootContext(string uid) => new(TraceIDOf(uid), default, ActivityTraceFlags.Recorded);

    /// <summary>The context whose children belong to the run.</summary>
    public static ActivityContext RunContext(string uid) => new(TraceIDOf(uid), RunSpanID(uid), ActivityTraceFlags.Recorded);

    /// <summary>The context whose children belong to an attempt.</summary>
    /// <param name="uid">The run.</param>
    /// <param name="attempt">The number of the attempt.</param>
    /// <param name="traceParent">
    /// The <c>traceparent</c> that the operator sent with the attempt. Only its flags count, because the IDs are known. If it is null or not
    /// valid, the trace is recorded.
    /// </param>
    public static ActivityContext AttemptContext(string uid, int attempt, string? traceParent = null) =>
        new(TraceIDOf(uid), AttemptSpanID(uid, attempt), FlagsOf(traceParent), isRemote: true);

    /// <summary>The context whose children belong to an attempt's agent.</summary>
    /// <inheritdoc cref="AttemptContext" path="/param"/>
    public static ActivityContext AgentContext(string uid, int attempt, string? traceParent = null) =>
        new(TraceIDOf(uid), AgentSpanID(uid, attempt), FlagsOf(traceParent), isRemote: true);

    /// <summary>The W3C <c>traceparent</c> to send with an attempt; null if nothing listens here.</summary>
    public static string? TraceParentOf(string uid, int attempt)
    {
        if (!IsOn)
        {
            return null;
        }

        // Never started: it only shows whether the sampler records this trace.
        var recorded = Source.CreateActivity("sample", ActivityKind.Internal, RunContext(uid)) is { Recorded: true };
        return $"00-{TraceIDOf(uid).ToHexString()}-{AttemptSpanID(uid, attempt).ToHexString()}-{(recorded ? "01" : "00")}";
    }

    /// <summary>Writes a span that is over.</summary>
    public static void Write(RunSpan span)
    {
        ArgumentNullException.ThrowIfNull(span);
        // A root would become the child of the activity that is open here.
        var open = Activity.Current;
        Activity.Current = null;
        try
        {
            Record(span);
        }
        finally
        {
            Activity.Current = open;
        }
    }

    private static void Record(RunSpan span)
    {
        if (Source.CreateActivity(span.Name, span.Kind, span.Parent) is not { } activity)
        {
            return;
        }

        var start = span.Start.UtcDateTime;
        activity.SetStartTime(start);
        activity.Start();
        if (span.ID is { } id)
        {
            // Set before anything reads it, since Activity.Id keeps what it was first asked for.
            SpanIDField(activity) = id.ToHexString();
        }

        foreach (var (name, value) in span.Tags)
        {
            activity.SetTag(name, value);
        }

        foreach (var happened in span.Events)
        {
            activity.AddEvent(happened);
        }

        if (span.Error is { } error)
        {
            activity.SetStatus(ActivityStatusCode.Error, error);
        }

        // An activity of zero length would end at the time of the call.
        activity.SetEndTime(span.End > span.Start ? span.End.UtcDateTime : start.AddTicks(1));
        activity.Stop();
    }

    private static ActivityTraceFlags FlagsOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var context) ? context.TraceFlags : ActivityTraceFlags.Recorded;

    private static ActivitySpanId SpanIDOf(string uid, string span) =>
        ActivitySpanId.CreateFromBytes(Hash(string.Create(CultureInfo.InvariantCulture, $"{uid}/{span}")).AsSpan(0, 8));

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    // .NET lets a program choose the ID of a trace but not of a span. Seen in System.Diagnostics.DiagnosticSource 10.0. This may go when an
    // activity can be created with a span ID; RunTraceTests fails if the field does.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIDField(Activity activity);
}

/// <summary>A span that is over.</summary>
internal sealed record RunSpan
{
    /// <summary>The name, from a fixed set.</summary>
    public required string Name { get; init; }

    /// <summary>The parent; see <see cref="RunTrace"/>.</summary>
    public required ActivityContext Parent { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset End { get; init; }

    /// <summary>Its ID, if other spans name it as their parent; otherwise null for a random one.</summary>
    public ActivitySpanId? ID { get; init; }

    /// <summary>The kind.</summary>
    public ActivityKind Kind { get; init; } = ActivityKind.Internal;

    /// <summary>The attributes. Those with the value null are left out.</summary>
    public IReadOnlyList<(string Name, object? Value)> Tags { get; init; } = [];

    /// <summary>What happened meanwhile.</summary>
    public IReadOnlyList<ActivityEvent> Events { get; init; } = [];

    /// <summary>The error in a few words; null if there was none.</summary>
    public string? Error { get; init; }
}
