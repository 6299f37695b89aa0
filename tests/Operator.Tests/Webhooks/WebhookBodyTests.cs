using System.Net.Mime;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookBodyTests
{
    [Fact]
    public void Of_AnEnd_IsACloudEventWithTheMembersOfStandardWebhooks()
    {
        var run = Ended();

        var sent = Read(WebhookBody.Of(run, WebhookEvents.Failed));

        Assert.Equal($"run_{WebhookCases.Uid}_failed", sent.Id);
        Assert.Equal("dev.stromboli.agentrun.failed", sent.Type);
        Assert.Equal("/apis/stromboli.dev/v1alpha1/namespaces/team/agentruns/a.run", sent.Source?.ToString());
        Assert.Equal(run.Status!.CompletionTime, sent.Time);
        Assert.Equal(run.Status.CompletionTime, sent["timestamp"]);
        var data = (JsonElement)sent.Data!;
        Assert.Equal("Failed", data.GetProperty("phase").GetString());
        Assert.Equal("Crashed", data.GetProperty("reason").GetString());
        Assert.Equal(3, data.GetProperty("exitCode").GetInt32());
        Assert.Equal("0.5", data.GetProperty("usage").GetProperty("costUSD").GetString());
        Assert.Equal("<all> \"done\" ü", data.GetProperty("result").GetProperty("text").GetString());
        Assert.False(data.GetProperty("result").GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public void Of_TheStart_IsTheSameAfterTheEnd()
    {
        var running = WebhookCases.Run(RunPhase.Running, WebhookCases.Webhook());

        var during = WebhookBody.Of(running, WebhookEvents.Started);
        var after = WebhookBody.Of(Ended(), WebhookEvents.Started);

        Assert.Equal(during, after);
        Assert.Equal("Running", ((JsonElement)Read(during).Data!).GetProperty("phase").GetString());
    }

    [Theory]
    [InlineData("x", false)]
    [InlineData("\u0001", false)]
    [InlineData("😀", false)]
    [InlineData("x", true)]
    public void Of_ALargeRun_HasLessThan20KilobytesAndTheEndOfTheResult(string text, bool structured)
    {
        var run = Ended();
        run = run with
        {
            Status = run.Status! with
            {
                Message = new string('"', StatusLimits.Message),
                Result = new RunResult
                {
                    Text = string.Concat(Enumerable.Repeat(text, StatusLimits.ResultBytes / Encoding.UTF8.GetByteCount(text))) + "the end",
                    Structured = structured ? JsonSerializer.SerializeToElement(new { a = new string('y', 16000) }) : null,
                },
            },
        };

        var body = WebhookBody.Of(run, WebhookEvents.Failed);

        Assert.InRange(body.Length, 15_000, 19_999);
        var result = ((JsonElement)Read(body).Data!).GetProperty("result");
        Assert.EndsWith("the end", result.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(result.GetProperty("truncated").GetBoolean());
    }

    private static AgentRun Ended()
    {
        var run = WebhookCases.Run(RunPhase.Failed, WebhookCases.Webhook());
        return run with
        {
            Status = run.Status! with
            {
                Reason = RunReason.Crashed,
                Message = "The agent crashed.",
                ExitCode = 3,
                Usage = new RunUsage { CostUSD = "0.5" },
                Result = new RunResult { Text = "<all> \"done\" ü" },
            },
        };
    }

    private static CloudEvent Read(byte[] body)
    {
        var sent = new JsonEventFormatter().DecodeStructuredModeMessage(
            body,
            new ContentType(WebhookBody.MediaType),
            [CloudEventAttribute.CreateExtension("timestamp", CloudEventAttributeType.Timestamp)]
        );
        Assert.True(sent.IsValid);
        return sent;
    }
}
