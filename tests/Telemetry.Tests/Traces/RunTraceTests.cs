using System.Diagnostics;
using Stromboli.Telemetry.Traces;

namespace Stromboli.Telemetry.Tests.Traces;

public sealed class RunTraceTests
{
    private const string UID = "6a7f6c52-5f3e-4d0b-9a55-0a3c1f1f4d27";

    [Fact]
    public void TraceIDOf_AUID_IsTheUIDWithoutDashes() =>
        Assert.Equal("6a7f6c525f3e4d0b9a550a3c1f1f4d27", RunTrace.TraceIDOf(UID).ToHexString());

    [Theory]
    [InlineData("")]
    [InlineData("run-1")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    public void TraceIDOf_NoUUID_IsAValidIDAnyway(string uid)
    {
        Assert.NotEqual(new string('0', 32), RunTrace.TraceIDOf(uid).ToHexString());
        Assert.Equal(RunTrace.TraceIDOf(uid), RunTrace.TraceIDOf(uid));
    }

    [Fact]
    public void SpanIDs_OfOneRun_AreAllDifferentAndStayTheSame()
    {
        ActivitySpanId[] ids =
        [
            RunTrace.RunSpanID(UID),
            RunTrace.AttemptSpanID(UID, 1),
            RunTrace.AttemptSpanID(UID, 2),
            RunTrace.AgentSpanID(UID, 1),
            RunTrace.AgentSpanID(UID, 2),
        ];

        Assert.Equal(5, ids.Distinct().Count());
        // Operator and bridge of different versions must agree on them.
        Assert.Equal("77352451bb94d1f0", RunTrace.RunSpanID(UID).ToHexString());
        Assert.Equal("75b813107f3e05b6", RunTrace.AttemptSpanID(UID, 1).ToHexString());
    }

    [Fact]
    public void Write_ASpanWithAnID_HasTheIDAndItsParent()
    {
        var uid = Guid.NewGuid().ToString();
        using var seen = new SeenActivities(RunTrace.TraceIDOf(uid));
        var start = new DateTimeOffset(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

        RunTrace.Write(
            new RunSpan
            {
                Name = "attempt",
                ID = RunTrace.AttemptSpanID(uid, 1),
                Parent = RunTrace.RunContext(uid),
                Start = start,
                End = start.AddSeconds(2),
                Tags = [("a", 1), ("none", null)],
                Events = [new ActivityEvent("happened", start.AddSeconds(1))],
                Error = "Crashed",
            }
        );

        var span = Assert.Single(seen.All);
        Assert.Equal(RunTrace.AttemptSpanID(uid, 1), span.SpanId);
        Assert.Equal(RunTrace.RunSpanID(uid), span.ParentSpanId);
        Assert.Equal((start.UtcDateTime, TimeSpan.FromSeconds(2)), (span.StartTimeUtc, span.Duration));
        Assert.Equal([new("a", 1)], span.TagObjects);
        Assert.Equal((ActivityStatusCode.Error, "Crashed"), (span.Status, span.StatusDescription));
        Assert.Equal("happened", Assert.Single(span.Events).Name);
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void Write_TheRoot_HasNoParent()
    {
        var uid = Guid.NewGuid().ToString();
        using var seen = new SeenActivities(RunTrace.TraceIDOf(uid));
        using var open = new Activity("something else").Start();
        var now = new DateTimeOffset(2026, 11, 30, 20, 0, 0, TimeSpan.Zero);

        RunTrace.Write(
            new RunSpan
            {
                Name = "run",
                ID = RunTrace.RunSpanID(uid),
                Parent = RunTrace.RootContext(uid),
                Start = now,
                End = now,
            }
        );

        var span = Assert.Single(seen.All);
        Assert.Equal((default, null), (span.ParentSpanId, span.Parent));
        Assert.Same(open, Activity.Current);
        Assert.Equal(RunTrace.TraceIDOf(uid), span.TraceId);
        // A span of no length is as long as the clock can show.
        Assert.Equal(TimeSpan.FromTicks(1), span.Duration);
    }

    [Theory]
    [InlineData(null, ActivityTraceFlags.Recorded)]
    [InlineData("nonsense", ActivityTraceFlags.Recorded)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", ActivityTraceFlags.Recorded)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", ActivityTraceFlags.None)]
    public void AttemptContext_ATraceParent_TakesOnlyItsFlags(string? traceParent, ActivityTraceFlags flags)
    {
        var context = RunTrace.AttemptContext(UID, 1, traceParent);

        Assert.Equal(
            (RunTrace.TraceIDOf(UID), RunTrace.AttemptSpanID(UID, 1), flags),
            (context.TraceId, context.SpanId, context.TraceFlags)
        );
    }

    [Fact]
    public void TraceParentOf_WithAListener_NamesTheAttemptsSpan()
    {
        var uid = Guid.NewGuid().ToString();
        using var seen = new SeenActivities(RunTrace.TraceIDOf(uid));

        Assert.True(ActivityContext.TryParse(RunTrace.TraceParentOf(uid, 1), null, out var context));
        Assert.Equal((RunTrace.TraceIDOf(uid), RunTrace.AttemptSpanID(uid, 1)), (context.TraceId, context.SpanId));
        Assert.Equal(ActivityTraceFlags.Recorded, context.TraceFlags);
        Assert.Empty(seen.All);
    }

    private sealed class SeenActivities : IDisposable
    {
        private readonly ActivityListener _listener;
        private readonly List<Activity> _all = [];

        public SeenActivities(ActivityTraceId trace)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == RunTrace.SourceName,
                Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == trace)
                    {
                        _all.Add(activity);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> All => _all;

        public void Dispose() => _listener.Dispose();
    }
}
