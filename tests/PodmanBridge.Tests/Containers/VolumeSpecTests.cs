using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class VolumeSpecTests
{
    [Fact]
    public void Build_Volumes_AreNosuidNodevAndPrivateMounts()
    {
        var spec = Build(
            SpecBuilder.Attempt() with
            {
                Volumes = [Volume("/srv/a", "/a"), Volume("/srv/b", "/b", readOnly: false) with { NoExec = true }],
            }
        );

        Assert.Equal(["bind", "private", "ro", "nosuid", "nodev"], spec.Mounts.Single(mount => mount.Destination == "/a").Options);
        Assert.Equal(
            ["bind", "private", "rw", "nosuid", "nodev", "noexec"],
            spec.Mounts.Single(mount => mount.Destination == "/b").Options
        );
    }

    [Fact]
    public void Build_OnlyReadVolumes_KeepsTheWorkspacesOwnUser()
    {
        var spec = Build(SpecBuilder.Attempt() with { Volumes = [Volume("/srv/a", "/a")] });
        Assert.Equal(("20001:20001", AgentUser.Default), (spec.User, spec.UserNamespace));
    }

    [Fact]
    public void Build_WorkspaceOfTheNode_IsMountedForTheEnginesUserInPlaceOfTheVolume()
    {
        var spec = Build(SpecBuilder.Attempt() with { WorkspaceHostPath = "/srv/work" });

        Assert.Equal(("1000:1000", AgentUser.KeepID), (spec.User, spec.UserNamespace));
        Assert.Equal("/srv/work", spec.Mounts.Single(mount => mount.Destination == "/workspace").Source);
        Assert.Equal([spec.Name + "-home"], spec.Volumes.Select(volume => volume.Name));
    }

    [Theory]
    [InlineData("/opt/stromboli/shim")]
    [InlineData("/opt")]
    [InlineData("/run")]
    [InlineData("/etc")]
    [InlineData("/etc/hosts")]
    [InlineData("/home/agent/.claude")]
    [InlineData("/tmp/x")]
    [InlineData("/workspace/x")]
    [InlineData("/a/../opt/stromboli")]
    [InlineData("/a:/opt")]
    public void Problem_VolumeOverWhatIsMountedOrReserved_IsTold(string path) =>
        Assert.NotNull(VolumePaths.Problem(SpecBuilder.Attempt() with { Volumes = [Volume("/srv/a", path)] }));

    [Fact]
    public void Problem_VolumesInOneAnother_IsTold()
    {
        Assert.NotNull(VolumePaths.Problem(SpecBuilder.Attempt() with { Volumes = [Volume("/srv/a", "/a/b"), Volume("/srv/b", "/a")] }));
        Assert.Null(VolumePaths.Problem(SpecBuilder.Attempt() with { Volumes = [Volume("/srv/a", "/a/b"), Volume("/srv/b", "/a/c")] }));
    }

    [Theory]
    [InlineData("private", "0:1:1000 1000:0:1 1001:1001:64536", true)]
    [InlineData("private", "0:0:65536", false)]
    [InlineData("private", "0:1:1000 1000:0:1 1001:1001:64536 70000:0:1", false)]
    [InlineData("private", "0:0:1 1:1:65536", false)]
    [InlineData("", "", false)]
    public void Compare_MappingOfTheEnginesUser_IsExactlyTheOneMeant(string mode, string mapping, bool right)
    {
        var spec = Build(SpecBuilder.Attempt() with { WorkspaceHostPath = "/srv/work" });
        var ranges = mapping.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var inspected = new Differences();
        UserMappingCheck.Compare(
            inspected,
            spec,
            new InspectHostConfig
            {
                UsernsMode = mode,
                IDMappings = new InspectIDMappings { Users = ranges, Groups = ranges },
            }
        );
        var told = new Differences();
        var oci = ranges
            .Select(range => range.Split(':').Select(long.Parse).ToArray())
            .Select(n => new OciIDMapping
            {
                ContainerID = n[0],
                HostID = n[1],
                Size = n[2],
            })
            .ToArray();
        UserMappingCheck.Compare(told, spec, new OciLinux { UidMappings = oci, GidMappings = oci });

        Assert.Equal((right, right), (inspected.List.Count == 0, told.List.Count == 0));
    }

    [Fact]
    public void Compare_MappingWhereNoneIsMeant_IsTold()
    {
        var found = new Differences();
        UserMappingCheck.Compare(
            found,
            Build(SpecBuilder.Attempt()),
            new InspectHostConfig
            {
                UsernsMode = "",
                IDMappings = new InspectIDMappings { Users = ["0:0:1"] },
            }
        );
        Assert.NotEmpty(found.List);
    }

    private static SpecGenerator Build(AttemptSpec attempt) =>
        ContainerSpec.Build(attempt, SpecBuilder.Inputs() with { User = AgentUser.Of(attempt, SpecBuilder.UserID) });

    private static HostVolume Volume(string hostPath, string mountPath, bool readOnly = true) =>
        new()
        {
            HostPath = hostPath,
            MountPath = mountPath,
            ReadOnly = readOnly,
        };
}
