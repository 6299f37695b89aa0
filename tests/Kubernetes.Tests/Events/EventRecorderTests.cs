using System.Diagnostics;
using Stromboli.Kubernetes.Model;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Events;

public sealed class EventRecorderTests : ApiServerTest
{
    private static readonly EventRecorderOptions Options = new() { ReportingController = "example.com/test", ReportingInstance = "me" };
    private static readonly Widget Target = new()
    {
        Metadata = new()
        {
            Namespace = "ns",
            Name = "a",
            Uid = "uid-a",
            ResourceVersion = "7",
        },
    };

    private readonly CancellationTokenSource _stop = new();
    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public async Task Record_Event_IsWrittenWithEveryRequiredField()
    {
        var recorder = Start();

        recorder.Record(Target, EventType.Warning, "Failed", "Run", "It broke.");
        await Eventually.True(() => Written.Count == 1);

        var written = Written[0];
        Assert.StartsWith("a.", written.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal("ns", written.Metadata.Namespace);
        Assert.Equal(("Warning", "Failed", "Run", "It broke."), (written.Type, written.Reason, written.Action, written.Note));
        Assert.Equal(("example.com/test", "me"), (written.ReportingController, written.ReportingInstance));
        Assert.Equal(
            ("example.com/v1", "Widget", "ns", "a", "uid-a", "7"),
            (
                written.Regarding!.ApiVersion,
                written.Regarding.Kind,
                written.Regarding.Namespace,
                written.Regarding.Name,
                written.Regarding.Uid,
                written.Regarding.ResourceVersion
            )
        );
        Assert.Equal(_clock.GetUtcNow(), written.EventTime);
        Assert.Null(written.Series);
        Assert.Contains(Server.Requests, r => r.Body.Contains("\"eventTime\":\"2026-01-01T00:00:00.000000Z\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Record_Repeated_OneEventWithASeries()
    {
        var recorder = Start();
        for (var i = 0; i < 5; i++)
        {
            recorder.Record(Target, EventType.Normal, "R", "A", "n");
        }

        recorder.Record(Target, EventType.Normal, "R", "A", "another");
        await Eventually.True(() => Written.Count == 2);

        await Eventually.True(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            return Written.Any(e => e.Series is not null);
        });

        Assert.Equal(5, Written.Single(e => e.Note == "n").Series!.Count);
        Assert.Null(Written.Single(e => e.Note == "another").Series);
        Assert.Single(Server.Requests, r => r.Method == "PATCH");
    }

    [Fact]
    public async Task Record_RepeatedMuchLater_ANewEvent()
    {
        var recorder = Start();
        recorder.Record(Target, EventType.Normal, "R", "A", "n");
        await Eventually.True(() => Written.Count == 1);
        _clock.Advance(TimeSpan.FromMinutes(6));
        recorder.Record(Target, EventType.Normal, "R", "A", "n");

        await Eventually.True(() => Written.Count == 2);
    }

    [Fact]
    public async Task Record_TooMany_NeverWaitsAndIsBounded()
    {
        var gate = new TaskCompletionSource();
        Server.Intercept = async (_, _) =>
        {
            await gate.Task;
            return false;
        };
        var recorder = Start(Options with { QueueLength = 10 });
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100_000; i++)
        {
            recorder.Record(Target, EventType.Normal, "R", "A", $"n{i}");
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
        gate.SetResult();
        await Eventually.True(() => Written.Count >= 10);
        Assert.InRange(Written.Count, 10, 12);
    }

    [Fact]
    public async Task Record_ManyDifferentAboutOneObject_CutOff()
    {
        var recorder = Start(Options with { PerObject = 3, Writers = 1 });
        for (var i = 0; i < 10; i++)
        {
            recorder.Record(Target, EventType.Normal, "R", "A", $"n{i}");
        }

        recorder.Record(
            Target with
            {
                Metadata = new()
                {
                    Namespace = "ns",
                    Name = "b",
                    Uid = "uid-b",
                },
            },
            EventType.Normal,
            "R",
            "A",
            "last"
        );

        await Eventually.True(() => Written.Any(e => e.Note == "last"));

        Assert.Equal(4, Written.Count);
    }

    [Fact]
    public async Task Record_ServerAwayForAWhile_WritesLater()
    {
        Fail(times: 2, 500);
        var recorder = Start();
        recorder.Record(Target, EventType.Normal, "R", "A", "n");

        await Eventually.True(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(200));
            return Written.Count == 1;
        });
    }

    [Fact]
    public async Task Record_NamespaceIsTerminating_DroppedAndTheNextIsWritten()
    {
        Fail(times: 1, 403);
        var recorder = Start();
        recorder.Record(Target, EventType.Normal, "R", "A", "one");
        recorder.Record(Target, EventType.Normal, "R", "A", "two");

        await Eventually.True(() => Written.Count == 1);

        Assert.Equal("two", Written[0].Note);
    }

    [Fact]
    public async Task Record_ClusterScopedObject_InDefault()
    {
        var recorder = Start();
        recorder.Record(new Node { Metadata = new() { Name = "n" } }, EventType.Normal, "R", "A", "x");

        await Eventually.True(() => Written.Count == 1);

        Assert.Equal("kube-system", Written[0].Metadata.Namespace);
    }

    [Fact]
    public async Task Record_LongNote_CutAtACharacter()
    {
        var recorder = Start();
        recorder.Record(Target, EventType.Normal, "R", "A", "x" + new string('é', 1000));

        await Eventually.True(() => Written.Count == 1);

        Assert.Equal("x" + new string('é', 511), Written[0].Note);
    }

    [Fact]
    public async Task Run_Cancelled_WritesWaitingEventsFirst()
    {
        var gate = new TaskCompletionSource();
        Server.Intercept = async (_, _) =>
        {
            await gate.Task;
            return false;
        };
        var recorder = new EventRecorder(Client, Options, _clock);
        var running = recorder.RunAsync(_stop.Token);
        for (var i = 0; i < 5; i++)
        {
            recorder.Record(Target, EventType.Normal, "R", "A", $"n{i}");
        }

        recorder.Record(Target, EventType.Normal, "R", "A", "n0");
        await _stop.CancelAsync();
        gate.SetResult();
        await running;

        Assert.Equal(5, Written.Count);
        Assert.Equal(2, Written.Single(e => e.Note == "n0").Series!.Count);
    }

    [Fact]
    public async Task Run_CancelledWithoutAServer_ReturnsInTime()
    {
        using var client = NewClient(new() { MaxRetries = 0 }, config: new() { Server = new("http://127.0.0.1:1") });
        var recorder = new EventRecorder(client, Options, _clock);
        recorder.Record(Target, EventType.Normal, "R", "A", "n");
        await _stop.CancelAsync();
        var running = recorder.RunAsync(_stop.Token);

        await Eventually.True(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(500));
            return running.IsCompleted;
        });
        await running;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await base.DisposeAsync();
        _stop.Dispose();
    }

    private List<Event> Written =>
        [
            .. Server
                .Objects.List("apis/events.k8s.io/v1/events", new Selector(null, null, null))
                .Items.Select(item => System.Text.Json.JsonSerializer.Deserialize(item, KubernetesJson.Default.Event)!),
        ];

    private EventRecorder Start(EventRecorderOptions? options = null)
    {
        var recorder = new EventRecorder(Client, options ?? Options, _clock);
        Run(recorder.RunAsync);
        return recorder;
    }
}
