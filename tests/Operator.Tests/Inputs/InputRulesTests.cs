using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Inputs;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class InputRulesTests
{
    private static readonly AgentRunSpec PromptFromSecret = new()
    {
        PromptFrom = new()
        {
            SecretKeyRef = new() { Name = "s", Key = "k" },
        },
    };
    private static readonly AgentRunSpec PromptFromMap = new()
    {
        PromptFrom = new()
        {
            ConfigMapKeyRef = new() { Name = "m", Key = "k" },
        },
    };
    private static readonly AgentRunSpec EnvFromSecret = new()
    {
        Prompt = "hi",
        Env =
        [
            new() { Name = "A", Value = "x" },
            new()
            {
                Name = "B",
                ValueFrom = new()
                {
                    SecretKeyRef = new() { Name = "s", Key = "k" },
                },
            },
        ],
    };
    private static readonly AgentRunSpec EnvFromMap = new()
    {
        Prompt = "hi",
        Env =
        [
            new()
            {
                Name = "B",
                ValueFrom = new()
                {
                    ConfigMapKeyRef = new() { Name = "m", Key = "k" },
                },
            },
        ],
    };
    private static readonly AgentRunSpec Stream = PromptFromMap with { Agent = new() { Claude = new() { InputFormat = "stream-json" } } };

    private static readonly (string Case, AgentRunSpec Spec, InputObject Found, RunReason? Reason, string Says)[] Table =
    [
        ("a prompt of a Secret", PromptFromSecret, Secret("prompt", "k", "SECRET"), null, ""),
        ("a prompt of a ConfigMap needs no annotation", PromptFromMap, Map("k", "SECRET"), null, ""),
        ("a variable of a Secret that is allowed for more", EnvFromSecret, Secret("git, env", "k", "SECRET"), null, ""),
        ("an empty variable", EnvFromSecret, Secret("env", "k", ""), null, ""),
        (
            "no Secret",
            EnvFromSecret,
            new(null, null),
            RunReason.SecretNotFound,
            "Waiting for Secret \"s\" (spec.env[1].valueFrom.secretKeyRef): not found."
        ),
        (
            "no ConfigMap",
            PromptFromMap,
            new(null, null),
            RunReason.ConfigMapNotFound,
            "Waiting for ConfigMap \"m\" (spec.promptFrom.configMapKeyRef): not found."
        ),
        ("no such key", EnvFromMap, Map("other", "SECRET"), RunReason.ConfigMapNotFound, "key k cannot be used: it does not exist"),
        ("no annotation", PromptFromSecret, Secret(null, "k", "SECRET"), RunReason.SecretNotAllowed, "stromboli.dev/use-as: prompt"),
        (
            "allowed for something else",
            PromptFromSecret,
            Secret("env", "k", "SECRET"),
            RunReason.SecretNotAllowed,
            "stromboli.dev/use-as: prompt"
        ),
        (
            "allowed for the model too",
            EnvFromSecret,
            Secret("model,env", "k", "SECRET"),
            RunReason.SecretNotAllowed,
            "which excludes all other uses"
        ),
        (
            "a Secret that may not be read",
            EnvFromSecret,
            new(null, null, IsForbidden: true),
            RunReason.SecretNotAllowed,
            "Waiting for Secret \"s\": the operator may not read it"
        ),
        (
            "a ConfigMap that may not be read",
            EnvFromMap,
            new(null, null, IsForbidden: true),
            RunReason.ConfigMapNotFound,
            "grant it get on configmaps"
        ),
        ("an empty prompt", PromptFromMap, Map("k", ""), RunReason.ConfigMapNotFound, "it is empty"),
        ("a prompt of 1 MiB", PromptFromMap, Map("k", new string('x', 1024 * 1024)), null, ""),
        (
            "a prompt of more",
            PromptFromMap,
            Map("k", new string('x', (1024 * 1024) + 1)),
            RunReason.ConfigMapNotFound,
            "at most 1048576 bytes"
        ),
        ("a prompt with a NUL", PromptFromMap, Map("k", "a\0b"), null, ""),
        ("a variable with a NUL", EnvFromSecret, Secret("env", "k", "SECRET\0"), RunReason.SecretNotFound, "must not contain NUL"),
        (
            "a variable that is not text",
            EnvFromSecret,
            new(
                new Secret
                {
                    Metadata = Annotated("env"),
                    Data = new() { ["k"] = [0xff, 0xfe] },
                },
                null
            ),
            RunReason.SecretNotFound,
            "it is not UTF-8"
        ),
        ("a variable as long as the kernel takes", EnvFromSecret, Secret("env", "k", new string('x', 131_069)), null, ""),
        ("a longer one", EnvFromSecret, Secret("env", "k", new string('x', 131_070)), RunReason.SecretNotFound, "at most 131071 bytes"),
        ("messages of the user", Stream, Map("k", """{"type":"user","message":{"role":"user","content":"hi"}}"""), null, ""),
        ("text where messages are wanted", Stream, Map("k", "SECRET"), RunReason.ConfigMapNotFound, "inputFormat: stream-json"),
        (
            "binary data of a ConfigMap",
            PromptFromMap,
            new(null, new ConfigMap { BinaryData = new() { ["k"] = "é"u8.ToArray() } }),
            null,
            ""
        ),
    ];

    public static TheoryData<int, string> Rows => [.. Table.Select((row, index) => new TheoryDataRow<int, string>(index, row.Case))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Check_EachCase_GivesReasonAndMessageWithoutValue(int row, string name)
    {
        var (_, spec, found, reason, says) = Table[row];

        var check = InputRules.Check(spec, RunInput.Of(spec), [found]);

        Assert.True(reason == check.Reason, $"{name}: {check.Reason} ({check.Message})");
        Assert.Contains(says, check.Message);
        Assert.DoesNotContain("SECRET", check.Message);
        Assert.DoesNotContain("SECRET", $"{check} {found}");
        if (reason is null)
        {
            Assert.Equal(spec.PromptFrom is null, check.Prompt is null);
        }
        else
        {
            Assert.Equal((null, 0), (check.Prompt, check.Env.Count));
        }
    }

    [Fact]
    public void Check_SeveralMissingInputs_NamesTheFirst()
    {
        var spec = PromptFromMap with { Env = EnvFromSecret.Env };

        var check = InputRules.Check(spec, RunInput.Of(spec), [Map("k", "hello"), new(null, null)]);
        var all = InputRules.Check(spec, RunInput.Of(spec), [Map("k", "hello"), Secret("env", "k", "value")]);

        Assert.Equal(RunReason.SecretNotFound, check.Reason);
        Assert.Equal("hello", all.Prompt);
        Assert.Equal([new SecretVariable { Name = "B", Value = "value" }], all.Env);
    }

    [Fact]
    public void Check_VariablesTooLargeForAMessage_Waits()
    {
        var spec = new AgentRunSpec
        {
            Prompt = "hi",
            Env = [.. Enumerable.Range(0, 5).Select(i => new EnvVar { Name = $"A{i}", ValueFrom = EnvFromMap.Env![0].ValueFrom })],
        };

        var check = InputRules.Check(spec, RunInput.Of(spec), [.. Enumerable.Repeat(Map("k", new string('x', 120_000)), 5)]);

        Assert.Equal(RunReason.ConfigMapNotFound, check.Reason);
        Assert.Contains(
            "(spec.env[4].valueFrom.configMapKeyRef): key k cannot be used: all variables of valueFrom together exceed 524288 bytes",
            check.Message
        );
    }

    private static InputObject Secret(string? useAs, string key, string value) =>
        new(
            new Secret
            {
                Metadata = Annotated(useAs),
                Data = new() { [key] = Encoding.UTF8.GetBytes(value) },
            },
            null
        );

    private static InputObject Map(string key, string value) => new(null, new ConfigMap { Data = new() { [key] = value } });

    private static ObjectMeta Annotated(string? useAs) =>
        new() { Annotations = useAs is null ? null : new() { [ModelSecretRules.UseAs] = useAs } };
}
