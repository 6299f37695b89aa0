using System.Text.Json;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Tests;

public sealed class CrdsJsonTests
{
    [Fact]
    public void Deserialize_InvalidValues_AreKeptAndReported()
    {
        var run = JsonSerializer.Deserialize(
            """
            {"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentRun","metadata":{"name":"x"},
             "spec":{"prompt":"hi","timeout":[1,{"a":2}],"resources":{"limits":{"cpu":{"x":"y"},"memory":true}},"unknown":{"a":1}},
             "status":{"phase":"Dreaming","reason":7,"duration":3,"usage":{"duration":null},"attempts":[{"attempt":1,"reason":"Crashed, OutOfMemory"}]}}
            """,
            CrdsJson.Default.AgentRun
        )!;

        Assert.Equal("[1,{\"a\":2}]", run.Spec!.Timeout!.Value.Text);
        Assert.Equal("{\"x\":\"y\"}", run.Spec.Resources!.Limits!.Cpu!.Value.Text);
        Assert.False(run.Spec.Resources.Limits.Memory!.Value.IsValid);
        Assert.Null(run.Status!.Phase);
        Assert.Null(run.Status.Reason);
        Assert.Null(run.Status.Attempts![0].Reason);
        Assert.Equal(
            ["spec.resources.limits.memory", "spec.resources.limits.cpu", "spec.timeout"],
            Crds.Validation.AgentRunValidator.Validate(run.Spec).Select(error => error.Field)
        );
    }

    [Fact]
    public void Deserialize_DeepestNestingThatTheApiServerAccepts_Succeeds()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"f:a\":", 9_900)) + "{}" + new string('}', 9_900);

        var run = JsonSerializer.Deserialize(
            $$$"""{"metadata":{"name":"x","managedFields":[{"fieldsV1":{{{deep}}} }]},"spec":{"prompt":"hi"},"status":{"result":{"structured":{{{deep}}} }} }""",
            CrdsJson.Default.AgentRun
        )!;

        Assert.Equal("hi", run.Spec!.Prompt);
        Assert.NotEmpty(JsonSerializer.SerializeToUtf8Bytes(run, CrdsJson.Default.AgentRun));
    }

    [Fact]
    public void Serialize_Status_HasTheFieldNamesOfTheApi()
    {
        var status = new AgentRunStatus
        {
            ObservedGeneration = 1,
            Phase = RunPhase.Failed,
            Reason = RunReason.TimedOut,
            SessionID = "id",
            Duration = new GoDuration(TimeSpan.FromSeconds(90)),
            StartTime = DateTimeOffset.UnixEpoch,
            Result = new RunResult { Text = "x", Sha256 = "y" },
            Usage = new RunUsage { CostUSD = "0.01", ApiDuration = new GoDuration("1s") },
            Attempts =
            [
                new RunAttempt
                {
                    Attempt = 1,
                    Reason = RunReason.NodeLost,
                    CostUSD = "0",
                },
            ],
        };

        Assert.Equal(
            """{"observedGeneration":1,"phase":"Failed","reason":"TimedOut","attempts":[{"attempt":1,"reason":"NodeLost","costUSD":"0"}],"startTime":"1970-01-01T00:00:00Z","duration":"1m30s","sessionID":"id","result":{"text":"x","sha256":"y"},"usage":{"costUSD":"0.01","apiDuration":"1s"}}""",
            JsonSerializer.Serialize(status, CrdsJson.Default.AgentRunStatus)
        );
    }

    [Fact]
    public void Serialize_Spec_HasTheFieldNamesOfTheApi()
    {
        var spec = new AgentRunSpec
        {
            Prompt = "p",
            Model = new ModelSpec
            {
                BaseURL = "u",
                CredentialsSecretRef = new SecretReference { Name = "n" },
            },
            TtlAfterFinished = new GoDuration("1h"),
            Resources = new ResourceSpec { Limits = new ResourceLimits { Cpu = new Quantity("1") } },
        };

        Assert.Equal(
            """{"prompt":"p","model":{"baseURL":"u","credentialsSecretRef":{"name":"n"}},"resources":{"limits":{"cpu":"1"}},"ttlAfterFinished":"1h"}""",
            JsonSerializer.Serialize(spec, CrdsJson.Default.AgentRunSpec)
        );
    }

    [Fact]
    public void Serialize_NewObjects_AreComplete()
    {
        var node = new AgentNode
        {
            Metadata = new ObjectMeta { Name = "node-1" },
            Status = new AgentNodeStatus { CliVersion = "2", Runs = "0/8" },
        };

        var json = JsonSerializer.Serialize(node, CrdsJson.Default.AgentNode);

        Assert.Contains("\"apiVersion\":\"stromboli.dev/v1alpha1\"", json);
        Assert.Contains("\"kind\":\"AgentNode\"", json);
        Assert.Contains("\"status\":{\"cliVersion\":\"2\",\"runs\":\"0/8\"}", json);
    }

    [Fact]
    public void ResourceTypes_MatchTheirKinds()
    {
        Assert.Equal(
            ("stromboli.dev/v1alpha1", "agentruns", "AgentRun", true),
            (AgentRunResource.Type.ApiVersion, AgentRunResource.Type.Plural, AgentRunResource.Type.Kind, AgentRunResource.Type.Namespaced)
        );
        Assert.Equal(
            ("stromboli.dev/v1alpha1", "agentnodes", "AgentNode", false),
            (
                AgentNodeResource.Type.ApiVersion,
                AgentNodeResource.Type.Plural,
                AgentNodeResource.Type.Kind,
                AgentNodeResource.Type.Namespaced
            )
        );
    }
}
