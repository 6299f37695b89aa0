using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Kubernetes.Tests.Client;

public sealed class RawTests : ApiServerTest
{
    [Fact]
    public async Task OpenRaw_AnswerInPieces_IsReadAsItComes()
    {
        var more = new TaskCompletionSource();
        Server.Intercept = async (context, request) =>
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync("first", End);
            await context.Response.Body.FlushAsync(End);
            await more.Task.WaitAsync(End);
            await context.Response.WriteAsync("second", End);
            return true;
        };

        await using var answer = await Client.OpenRawAsync("/apis/x/log", End);
        var buffer = new byte[64];
        var first = await answer.ReadAsync(buffer, End);
        var begun = Encoding.UTF8.GetString(buffer, 0, first);
        more.SetResult();
        var rest = await answer.ReadAsync(buffer, End);

        Assert.Equal(("text/plain", "first", "second"), (answer.MediaType, begun, Encoding.UTF8.GetString(buffer, 0, rest)));
        Assert.Equal(0, await answer.ReadAsync(buffer, End));
    }

    [Fact]
    public async Task OpenRaw_AnswerThatBreaksOff_IsAnIOException()
    {
        var isRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Server.Intercept = async (context, _) =>
        {
            await context.Response.WriteAsync("first", End);
            await context.Response.Body.FlushAsync(End);
            await isRead.Task.WaitAsync(End);
            context.Abort();
            return true;
        };

        await using var answer = await Client.OpenRawAsync("/apis/x/log", End);
        for (var read = 0; read < "first".Length; )
        {
            read += await answer.ReadAsync(new byte[64], End);
        }

        isRead.SetResult();

        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (await answer.ReadAsync(new byte[64], End) > 0) { }
        });
    }

    [Fact]
    public async Task OpenRaw_Refusal_IsThrownWithItsSentence()
    {
        Server.Intercept = async (context, _) =>
        {
            context.Response.StatusCode = 503;
            await context.Response.WriteAsync("The node is away.", End);
            return true;
        };

        var refused = await Assert.ThrowsAsync<ApiException>(() => Client.OpenRawAsync("/apis/x/log", End));

        Assert.Equal("GET /apis/x/log: 503 The node is away.", refused.Message);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task CreateRaw_Object_IsSentAsItIs()
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "a" },
            ["unknown"] = 1,
        };

        var created = await Client.CreateRawAsync("/apis/x.test/v1/namespaces/ns/widgets?dryRun=All", body, End);

        Assert.Equal(1, created.GetProperty("unknown").GetInt32());
        Assert.Equal("?dryRun=All", Server.Requests.Single().Query);
    }
}
