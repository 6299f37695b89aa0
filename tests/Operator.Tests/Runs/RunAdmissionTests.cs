using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Tests.Decisions;

namespace Stromboli.Operator.Tests.Runs;

public sealed class RunAdmissionTests : IDisposable
{
    private readonly KubeClient _client = new(new KubeConfig { Server = new Uri("http://127.0.0.1:1") });
    private readonly Informer<AgentRun> _informer;
    private readonly RunSignals _signals = new();
    private readonly List<string> _woken = [];
    private int _version = 10;

    public RunAdmissionTests()
    {
        _informer = new(_client, AgentRunResource.Type);
        _signals.Woken += run => _woken.Add(run.Name);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public void HeldBack_MoreRunsThanAllowed_OldestAreHandledAndTheNextFollowsWhenOneEnds()
    {
        var admission = Admission(runs: 2);
        var all = Enumerable.Range(0, 5).Select(i => Add($"run-{i}", age: 10 - i)).ToList();

        Assert.Equal(["run-0", "run-1"], Admitted(admission, all));
        Assert.Contains("first 2 unfinished runs", admission.HeldBack(all[4]), StringComparison.Ordinal);
        Assert.Empty(_woken);

        Put(all[0] with { Status = Finished });
        Assert.Equal(["run-2"], _woken);
        Assert.Equal(["run-1", "run-2"], Admitted(admission, [.. all.Skip(1)]));

        _informer.Store.ObserveDeleted(NamespacedName.Of(all[1]), all[1].UID());
        Assert.Equal(["run-2", "run-3"], _woken);
    }

    [Fact]
    public void HeldBack_OtherNamespaces_AreNotAffected()
    {
        var admission = Admission(runs: 2);
        for (var i = 0; i < 100; i++)
        {
            Add($"run-{i}", age: 100);
        }

        Assert.Null(admission.HeldBack(Add("one", age: 0, scope: "other")));
    }

    [Fact]
    public void HeldBack_LargeSpecs_AreBoundedByBytesExceptTheFirst()
    {
        var admission = Admission(bytes: 1000);
        List<AgentRun> all = [Add("huge", age: 9, bytes: 5000), Add("next", age: 8, bytes: 10), Add("small", age: 7)];
        Assert.Equal(["huge"], Admitted(admission, all));

        Put(all[0] with { Status = Finished });
        Assert.Equal(["next", "small"], _woken);
        Assert.Equal(["next", "small"], Admitted(admission, [.. all.Skip(1)]));
    }

    [Fact]
    public void HeldBack_Order_StartedThenPriorityThenAgeThenSuspended()
    {
        var admission = Admission(runs: 3);
        List<AgentRun> all =
        [
            Add("suspended", age: 9, spec: new() { Prompt = "x", Suspend = true }),
            Add("old", age: 8),
            Add("older", age: 9),
            Add("urgent", age: 1, spec: new() { Prompt = "x", Priority = 5 }),
            Add("begun", age: 0, status: new() { Attempts = [new() { Attempt = 1, Node = "n" }] }),
        ];

        Assert.Equal(["begun", "older", "urgent"], Admitted(admission, all).Order());

        // A run that is held back and then becomes the first is woken.
        Put(all[1] with { Spec = all[1].Spec! with { Priority = 9 } });
        Assert.Contains("old", Admitted(admission, [.. _informer.Store.List()]));
    }

    [Fact]
    public void HeldBack_WithinBounds_NoRunIs()
    {
        var admission = Admission(runs: 5);
        var all = Enumerable.Range(0, 5).Select(i => Add($"run-{i}", age: i)).ToList();
        Assert.Equal(5, Admitted(admission, all).Count);
    }

    private static AgentRunStatus Finished =>
        RunCases.Run().Next(s => s with { Run = s.Run with { Spec = s.Run.Spec! with { Cancel = true } } }).Status!;

    private static List<string> Admitted(RunAdmission admission, IReadOnlyList<AgentRun> runs) =>
        [.. runs.Where(run => admission.HeldBack(run) is null).Select(run => run.Metadata.Name!)];

    private RunAdmission Admission(int runs = 100, long bytes = 1 << 20) =>
        new(_informer, _signals, RunCases.Options with { NamespaceRuns = runs, NamespaceSpecBytes = bytes });

    private AgentRun Add(
        string name,
        int age,
        string scope = "team",
        int? bytes = null,
        AgentRunSpec? spec = null,
        AgentRunStatus? status = null
    )
    {
        var run = RunCases.Run((spec ?? new() { Prompt = "x" }) with { AbridgedFrom = bytes });
        return Put(
            run with
            {
                Metadata = run.Metadata with
                {
                    Name = name,
                    Namespace = scope,
                    Uid = $"uid-of-{scope}-{name}",
                    CreationTimestamp = RunCases.T0.AddMinutes(-age),
                },
                Status = status ?? run.Status,
            }
        );
    }

    private AgentRun Put(AgentRun run)
    {
        run = run with { Metadata = run.Metadata with { ResourceVersion = $"{++_version}" } };
        _informer.Store.Observe(run);
        return run;
    }
}
