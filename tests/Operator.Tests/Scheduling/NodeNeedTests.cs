using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Tests.Scheduling;

/// <summary>Runs that need something of the node itself go only where it is permitted.</summary>
public sealed class NodeNeedTests
{
    private static readonly NodePermissions Nothing = new();

    [Theory]
    [InlineData("/data", false, "node-2")]
    [InlineData("/data/below", false, "node-2")]
    [InlineData("/data", true, "node-3")]
    [InlineData("/data/below/it", true, "node-3")]
    public void Place_Volume_TakesTheNodeThatAllowsItEvenIfFuller(string path, bool write, string node)
    {
        NodeView[] nodes =
        [
            Node("node-1", Nothing),
            Node("node-2", Volume("/data", readOnly: true)),
            Node("node-3", Volume("/data", readOnly: false)),
        ];
        var others = node == "node-2" ? "node-3" : "node-2";

        var placement = Scheduler.Place(
            [Run(Path(path, write))],
            nodes,
            [SchedulingCases.Taken("x", node), SchedulingCases.Taken("y", others), SchedulingCases.Taken("z", others)]
        )["a"];

        Assert.Equal(node, placement.Node);
    }

    [Theory]
    [InlineData(
        "/etc",
        false,
        "spec.volumes[0].hostPath /etc is not allowed on node node-1; its bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume /etc."
    )]
    [InlineData(
        "/database",
        false,
        "spec.volumes[0].hostPath /database is not allowed on node node-1; its bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume /database."
    )]
    [InlineData(
        "/etc",
        true,
        "spec.volumes[0].hostPath /etc is not allowed on node node-1; its bridge allows to write what lies below a --allow-volume PREFIX:rw, such as --allow-volume /etc:rw."
    )]
    [InlineData(
        "/data/x",
        true,
        "spec.volumes[0].hostPath /data/x may only be read on node node-1; mount it with readOnly: true, or let its bridge allow to write it with --allow-volume /data/x:rw."
    )]
    public void Place_VolumeThatTheOnlyNodeDenies_FailsWithTheBridgesMessage(string path, bool write, string message)
    {
        var placement = Place(Path(path, write), Node("node-1", Volume("/data", readOnly: true)));

        Assert.Equal((true, RunReason.VolumeDenied, message), (placement.Final, placement.Reason, placement.Message));
    }

    [Fact]
    public void Place_VolumeThatAllNodesDeny_NamesThem()
    {
        var placement = Place(Path("/etc", write: false), Node("node-2", Nothing), Node("node-1", Nothing) with { Connected = false });

        Assert.Equal((true, RunReason.VolumeDenied), (placement.Final, placement.Reason));
        Assert.StartsWith(
            "spec.volumes[0].hostPath /etc is not allowed on nodes node-1, node-2; a bridge allows",
            placement.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Place_NodeThatAllowsItIsDisconnected_WaitsForIt()
    {
        var placement = Place(
            Path("/data", write: false),
            Node("node-1", Nothing),
            Node("node-2", Volume("/data", readOnly: true)) with
            {
                Connected = false,
            }
        );

        Assert.Equal((false, RunReason.WaitingForNode), (placement.Final, placement.Reason));
        Assert.Equal("No matching node can take runs: node-2 is not connected.", placement.Message);
    }

    [Fact]
    public void Place_OnlyNodeHasUnknownPermissions_WaitsForIt() =>
        Assert.Equal(RunReason.WaitingForNode, Place(Path("/data", write: false), Node("node-2", null) with { Connected = false }).Reason);

    [Fact]
    public void Place_NodeWithUnknownPermissions_DoesNotCountIfAllOthersDeny()
    {
        var placement = Place(Path("/data", write: false), Node("node-1", Nothing), Node("node-2", null) with { Connected = false });

        Assert.Equal((true, RunReason.VolumeDenied), (placement.Final, placement.Reason));
        Assert.Contains("is not allowed on node node-1;", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_NodesThatDoNotMatch_DoNotCount()
    {
        var run = Run(Path("/data", write: false)) with { NodeName = "node-1" };

        Assert.True(Scheduler.Place([run], [Node("node-1", Nothing), Node("node-2", Volume("/data", readOnly: true))], [])["a"].Final);
    }

    [Fact]
    public void Place_PodmanSecret_GoesWhereItIsAllowedAndFailsElsewhere()
    {
        var need = new PodmanSecretNeed("spec.secretsEnv[0]", "token");

        Assert.Equal("node-2", Place(need, Node("node-1", Nothing), Node("node-2", new() { PodmanSecrets = ["token"] })).Node);
        var denied = Place(need, Node("node-1", new() { PodmanSecrets = ["other"] }));
        Assert.Equal((true, RunReason.PolicyDenied), (denied.Final, denied.Reason));
        Assert.Equal(
            "spec.secretsEnv[0]: node node-1 does not allow runs to have the Podman secret token; its bridge would need --allow-podman-secret token.",
            denied.Message
        );
    }

    [Fact]
    public void Place_Git_TakesANodeThatClonesAndWaitsOtherwise()
    {
        Assert.Equal("node-2", Place(new GitNeed(), Node("node-1", Nothing), Node("node-2", new() { ClonesGit = true })).Node);
        var waiting = Place(new GitNeed(), Node("node-1", Nothing), Node("node-2", Nothing));
        Assert.Equal((false, RunReason.NoNodeMatches), (waiting.Final, waiting.Reason));
        Assert.Equal(
            "spec.workspace.git: nodes node-1, node-2 do not clone repositories; start a bridge with --git-image.",
            waiting.Message
        );
    }

    [Fact]
    public void Place_TwoNeedsThatNoNodeMeetsTogether_NamesTheUnmetOne()
    {
        var run = Run(Path("/data", write: false)) with
        {
            Needs = [Path("/data", write: false), new PodmanSecretNeed("spec.secretsEnv[0]", "token")],
        };

        var placement = Scheduler.Place(
            [run],
            [Node("node-1", Volume("/data", readOnly: true)), Node("node-2", new() { PodmanSecrets = ["token"] })],
            []
        )["a"];

        Assert.Contains("node node-1 does not allow runs to have the Podman secret token", placement.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_RunsWithDifferentNeedsInOnePass_GetDifferentAnswers()
    {
        WaitingRun[] runs =
        [
            Run(Path("/data", write: false)),
            Run(Path("/data", write: true)) with
            {
                UID = "b",
            },
            SchedulingCases.Run("c"),
            SchedulingCases.Run("d") with
            {
                HasStorageLimit = true,
            },
        ];

        var placements = Scheduler.Place(runs, [Node("node-1", Volume("/data", readOnly: true)) with { KeepsStorageLimits = false }], []);

        Assert.Equal(
            (true, false, true, false),
            (placements["a"].IsPlaced, placements["b"].IsPlaced, placements["c"].IsPlaced, placements["d"].IsPlaced)
        );
    }

    [Fact]
    public void Place_StorageLimit_TakesANodeThatMeasuresDiskUseAndWaitsOtherwise()
    {
        var run = SchedulingCases.Run("a") with { HasStorageLimit = true };
        var blind = SchedulingCases.Node("node-1") with { KeepsStorageLimits = false };

        Assert.Equal("node-2", Scheduler.Place([run], [blind, SchedulingCases.Node("node-2")], [])["a"].Node);
        var waiting = Scheduler.Place([run], [blind], [])["a"];
        Assert.Equal((false, RunReason.LimitsNotEnforceable), (waiting.Final, waiting.Reason));
        Assert.StartsWith("The bridge of node-1 cannot measure disk use", waiting.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Place_DiskPressure_Waits()
    {
        var placement = Scheduler.Place(
            [SchedulingCases.Run("a")],
            [SchedulingCases.Node("node-1") with { DiskPressure = "It is full." }],
            []
        )["a"];

        Assert.Equal(
            (RunReason.WaitingForNode, "No matching node can take runs: node-1 is short of disk space (It is full)."),
            (placement.Reason, placement.Message)
        );
    }

    [Fact]
    public void Of_Run_ReturnsAllItsNeeds()
    {
        var spec = new AgentRunSpec
        {
            Prompt = "hello",
            Workspace = new() { HostPath = new() { Path = "/srv/work" } },
            Volumes =
            [
                new() { HostPath = "/srv/data", MountPath = "/data" },
                new()
                {
                    HostPath = "/srv/more",
                    MountPath = "/more",
                    ReadOnly = false,
                },
            ],
            SecretsEnv = [new() { Name = "TOKEN", PodmanSecret = "token" }],
        };

        Assert.Equal(
            [
                "spec.workspace.hostPath.path rw /srv/work",
                "spec.volumes[0].hostPath ro /srv/data",
                "spec.volumes[1].hostPath rw /srv/more",
                "spec.secretsEnv[0] token",
            ],
            NodeNeeds.Of(Decisions.RunCases.Options.Defaults.Resolve(spec)).Select(n => n.Key)
        );
        Assert.Equal(
            ["git"],
            NodeNeeds
                .Of(
                    Decisions.RunCases.Options.Defaults.Resolve(
                        new()
                        {
                            Prompt = "hello",
                            Workspace = new() { Git = new() { Url = "https://git.example.com/a" } },
                        }
                    )
                )
                .Select(n => n.Key)
        );
    }

    private static HostPathNeed Path(string path, bool write) => new("spec.volumes[0].hostPath", path, write);

    private static WaitingRun Run(NodeNeed need) => SchedulingCases.Run("a") with { Needs = [need] };

    private static NodeView Node(string name, NodePermissions? permissions) =>
        SchedulingCases.Node(name) with
        {
            Permissions = permissions,
        };

    private static NodePermissions Volume(string prefix, bool readOnly) =>
        new() { Volumes = [new NodeVolume { PathPrefix = prefix, ReadOnly = readOnly }] };

    private static Placement Place(NodeNeed need, params NodeView[] nodes) => Scheduler.Place([Run(need)], nodes, [])["a"];
}
