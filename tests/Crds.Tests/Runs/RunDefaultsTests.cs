using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Tests.Runs;

public sealed class RunDefaultsTests
{
    private static readonly RunDefaults Defaults = new()
    {
        Image = "registry.test/agent:1",
        ModelOrigin = new Uri("https://api.example.com"),
    };

    [Fact]
    public void Resolve_OnlyAPrompt_HasEveryDefault()
    {
        var run = Defaults.Resolve(new AgentRunSpec { Prompt = "hi" });

        Assert.Equal(new ClaudeOptions(), run.Claude);
        Assert.Null(run.Command);
        Assert.Equal(("registry.test/agent:1", ImagePullPolicy.IfNotPresent), (run.Image, run.ImagePullPolicy));
        Assert.Equal(("/workspace", "/workspace"), (run.WorkspaceMountPath, run.Workdir));
        Assert.Equal((536870912L, 1000L, 256), (run.MemoryBytes, run.CpuMillicores, run.Pids));
        Assert.Equal(TimeSpan.FromMinutes(30), run.Timeout);
        Assert.Equal(0, run.Priority);
        Assert.Equal((16384, 67108864L), (run.StatusBytes, run.LogBytes));
        Assert.Empty(run.Env);
        Assert.Empty(run.NodeSelector);
        Assert.Null(run.NodeName);
    }

    [Fact]
    public void Resolve_EveryFieldSet_KeepsThem()
    {
        var run = Defaults.Resolve(
            new AgentRunSpec
            {
                Prompt = "hi",
                Agent = new AgentSpec { Command = ["cat"] },
                Model = new ModelSpec
                {
                    BaseURL = "https://other.example.com",
                    CredentialsSecretRef = new SecretReference { Name = "key" },
                },
                Image = "localhost/x",
                ImagePullPolicy = "Never",
                Workspace = new WorkspaceSpec { MountPath = "//work//" },
                Env = [new EnvVar { Name = "A", Value = "b" }, new EnvVar { Name = "C" }],
                Resources = new ResourceSpec
                {
                    Limits = new ResourceLimits
                    {
                        Memory = new Quantity("1Gi"),
                        Cpu = new Quantity("1.5"),
                        Pids = 50,
                    },
                },
                NodeSelector = new() { ["a"] = "b" },
                NodeName = "n",
                Priority = 3,
                Timeout = new GoDuration("3s"),
                Retries = new RetrySpec { NodeLost = 0 },
                TtlAfterFinished = new GoDuration("0s"),
                Output = new OutputSpec { StatusBytes = new Quantity("1Ki"), LogBytes = new Quantity("1Mi") },
            }
        );

        Assert.Null(run.Claude);
        Assert.Equal(["cat"], run.Command);
        Assert.Equal(("localhost/x", ImagePullPolicy.Never), (run.Image, run.ImagePullPolicy));
        Assert.Equal(("/work", "/work"), (run.WorkspaceMountPath, run.Workdir));
        Assert.Equal([KeyValuePair.Create("A", "b"), KeyValuePair.Create("C", "")], run.Env);
        Assert.Equal((1073741824L, 1500L, 50), (run.MemoryBytes, run.CpuMillicores, run.Pids));
        Assert.Equal(("b", "n", 3), (run.NodeSelector["a"], run.NodeName, run.Priority));
        Assert.Equal(TimeSpan.FromSeconds(3), run.Timeout);
        Assert.Equal((1024, 1048576L), (run.StatusBytes, run.LogBytes));
    }

    [Fact]
    public void Resolve_InvalidSpec_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() =>
            Defaults.Resolve(new AgentRunSpec { Prompt = "hi", Timeout = new GoDuration("3x") })
        );

        Assert.Contains("spec.timeout must be a duration", error.Message);
    }

    [Theory]
    [InlineData("r.test/a", ImagePullPolicy.Always)]
    [InlineData("r.test:5000/a", ImagePullPolicy.Always)]
    [InlineData("r.test/a:latest", ImagePullPolicy.Always)]
    [InlineData("r.test/a:1", ImagePullPolicy.IfNotPresent)]
    [InlineData("r.test/a@sha256:ab", ImagePullPolicy.IfNotPresent)]
    [InlineData("r.test/a:1@sha256:ab", ImagePullPolicy.IfNotPresent)]
    [InlineData("r.test/a:latest@sha256:ab", ImagePullPolicy.Always)]
    public void PullPolicyOf_Image_IsThatOfKubernetes(string image, ImagePullPolicy policy) =>
        Assert.Equal(policy, RunDefaults.PullPolicyOf(image));
}
