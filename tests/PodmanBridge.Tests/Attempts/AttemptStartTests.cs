using System.Text;
using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Agents;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptStartTests
{
    private static readonly AttemptSecrets Secrets = new()
    {
        Prompt = "é\0\n",
        Env = [new SecretVariable { Name = "TOKEN", Value = "a=b" }, new SecretVariable { Name = "A", Value = "" }],
    };
    private static readonly AttemptSpec Command = Specs.Attempt with
    {
        Command = ["cat"],
        Env = [new EnvVar { Name = "PLAIN", Value = "x" }],
    };

    [Fact]
    public void Build_SecretVariables_StandBehindThoseOfTheSpec()
    {
        var go = AttemptStart.Build(Command, Secrets, TimeSpan.FromSeconds(1));

        Assert.Equal(["PLAIN=x", "TOKEN=a=b", "A="], go.Environment.TakeLast(3));
        Assert.Equal("é\0\n", Encoding.UTF8.GetString(go.Stdin.Span));
    }

    [Fact]
    public void Problem_MoreThanAProgramTakes_IsASentenceWithoutTheValue()
    {
        Assert.Null(AttemptStart.Problem(Command, Secrets));
        var problem = AttemptStart.Problem(
            Command,
            Secrets with
            {
                Env = [new SecretVariable { Name = "TOKEN", Value = new string('s', 200_000) }],
            }
        );

        Assert.Equal(
            "The agent cannot be started: an argument or variable has 200006 bytes, and a program takes none of more than 131071.",
            problem
        );
        Assert.StartsWith(
            "The agent cannot be started: the variable Path is protected.",
            AttemptStart.Problem(Command, Secrets with { Env = [new SecretVariable { Name = "Path", Value = "s" }] })
        );
    }

    [Fact]
    public void UnknownOption_IsForTheCliAlone()
    {
        Assert.NotNull(
            AttemptStart.UnknownOption(Specs.Attempt with { Claude = new ClaudeOptions { PermissionMode = "delegate" } }, "2.1.329")
        );
        Assert.Null(AttemptStart.UnknownOption(Command, "1.0.0"));
    }

    [Fact]
    public void Secrets_OnTheWire_GrowByAThirdWhateverIsInThem()
    {
        var secrets = new AttemptSecrets
        {
            Prompt = new string('\u0001', 3000),
            Env = [new SecretVariable { Name = "A", Value = new string('"', 3000) }],
        };
        var json = JsonSerializer.Serialize(secrets, NodeLinkJson.Default.AttemptSecrets);
        var read = JsonSerializer.Deserialize(json, NodeLinkJson.Default.AttemptSecrets)!;

        Assert.InRange(json.Length, 8000, 8100);
        Assert.Equal((secrets.Prompt, secrets.Env[0]), (read.Prompt, read.Env[0]));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("""{"prompt": "no base64!"}""", NodeLinkJson.Default.AttemptSecrets));
    }
}
