using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptRecordTests
{
    private static readonly ClaudeOptions Conversation = new()
    {
        SessionID = "3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f",
        Resume = true,
        Continue = false,
        ForkSession = true,
    };

    private static readonly AttemptSpec Command = SpecBuilder.Attempt() with
    {
        Command = ["sh", "-c", "SECRET-argument"],
        Env = [new EnvVar { Name = "SECRET_name", Value = "SECRET-value" }],
        Hooks = [new LifecycleHook("onCreate[0]", "SECRET-hook")],
    };

    private static readonly AttemptSpec Claude = SpecBuilder.Attempt() with
    {
        Command = null,
        Claude = Conversation with
        {
            Files = ["SECRET"],
            ExtraArgs = ["--SECRET"],
            SystemPrompt = "SECRET-prompt",
            AllowedTools = ["SECRET"],
            OutputFormat = "json",
            Verbose = true,
            JsonSchema = """{"title": "SECRET"}""",
        },
    };

    [Fact]
    public void Record_Stored_HoldsNoArgumentAndNoVariable()
    {
        Assert.DoesNotContain("SECRET", Json(Command), StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", Json(Claude), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_ReadBack_KnowsWhatRan()
    {
        Assert.Equal(["sh"], ReadBack(Command).Spec.Command);
        Assert.NotNull(ReadBack(Claude).Spec.Claude);
        var claude = ReadBack(Claude).Spec.Claude!;
        Assert.Equal(
            Conversation with
            {
                OutputFormat = "json",
                Verbose = true,
                JsonSchema = "{}",
            },
            claude with
            {
                Files = null,
                ExtraArgs = null,
            }
        );
        Assert.Equal(("", ""), (Assert.Single(claude.Files!), Assert.Single(claude.ExtraArgs!)));
        Assert.Null(ReadBack(Claude).Spec.Command);
        Assert.Equal(Command.StatusBytes, ReadBack(Command).Spec.StatusBytes);
    }

    private static AttemptRecord ReadBack(AttemptSpec spec) => JsonSerializer.Deserialize(Json(spec), AttemptJson.Default.AttemptRecord)!;

    private static string Json(AttemptSpec spec) =>
        JsonSerializer.Serialize(
            new AttemptRecord
            {
                UID = "9b2d7c1e-0000-4000-8000-000000000001",
                Attempt = 1,
                Spec = spec,
                UserID = 10_000,
                BootID = "boot",
                Deadline = 1,
            },
            AttemptJson.Default.AttemptRecord
        );
}
