using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Git.Protocol;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;
using static Stromboli.Gateway.Tests.Git.Pushes.Packets;

namespace Stromboli.Gateway.Tests.Git.Pushes;

/// <summary>Pushes through the gateway's real socket to a server over TLS.</summary>
public sealed class PushGatewayTests
{
    private static readonly byte[] Report = InBand(Bytes("<unpack ok\n><ok refs/heads/stromboli/x\n>0000"));

    [Fact]
    public async Task Push_OfAnAllowedBranch_ReachesTheServerWithTheCredential()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);

        var answer = await PostAsync(harness, Push());

        Assert.Equal(Report, answer.Body);
        Assert.Equal([new AcceptedPush("stromboli/x", One, null, IsAsAsked: true)], record.Accepted);
        var seen = Assert.Single(harness.Requests);
        Assert.Equal(("POST", "/team/project.git/git-receive-pack"), (seen.Method, seen.Target));
        Assert.Equal(
            Bytes($"<{Zero} {One} refs/heads/stromboli/x\0 report-status-v2 side-band-64k object-format=sha1 agent=git/stromboli>0000PACK"),
            seen.Body
        );
        Assert.Equal(
            [
                "accept-encoding=identity",
                "accept=application/x-git-receive-pack-result",
                $"authorization=Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + GitHarness.Password))}",
                $"content-length={seen.Body.Length}",
                "content-type=application/x-git-receive-pack-request",
                $"host={harness.Origin.Authority}",
                "user-agent=git/2.0 (stromboli)",
            ],
            seen.Headers.Select(header => $"{header.Key.ToLowerInvariant()}={header.Value}").Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(40_000_000)]
    public async Task Push_InChunks_IsStreamed(int bytes)
    {
        var received = 0L;
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);
        using var content = Content(new ChunkedContent(Push(pack: ""), bytes));

        using var answer = await harness.Client().PostAsync(ReceivePack, content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        received = harness.Requests.Single().Body.Length;
        Assert.InRange(received, bytes, bytes + 1000);
        Assert.Single(record.Accepted);
    }

    [Theory]
    [InlineData("main", "not allowed by this run: stromboli/* only")]
    [InlineData("stromboli/../main", "not allowed by this run: stromboli/* only")]
    public async Task Push_OfAnotherBranch_IsRefusedInGitsWords(string branch, string reason)
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);

        var answer = await PostAsync(harness, Push(branch));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(InBand(Bytes($"<unpack ok\n><ng refs/heads/{branch} {reason}\n>0000")), answer.Body);
        Assert.Empty(harness.Requests);
        Assert.Empty(record.Accepted);
    }

    [Fact]
    public async Task Refusal_WithoutSideBand_IsAPlainReport()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());

        var answer = await PostAsync(harness, Bytes($"<{Zero} {One} refs/heads/main\0report-status>0000"));

        Assert.Equal(Bytes("<unpack ok\n><ng refs/heads/main not allowed by this run: stromboli/* only\n>0000"), answer.Body);
    }

    [Fact]
    public async Task Refusal_OfALargePush_ComesWhenGitHasSentAll()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());
        using var content = Content(new ChunkedContent(Push("main", pack: ""), 40_000_000));

        using var answer = await harness.Client().PostAsync(ReceivePack, content);

        Assert.Contains("ng refs/heads/main", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Push_LargerThanAllowed_IsRefusedAndNeverWholeAtTheServer()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report), options => options with { MostPushBytes = 5_000_000 });
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);
        using var content = Content(new ChunkedContent(Push(pack: ""), 20_000_000));

        using var answer = await harness.Client().PostAsync(ReceivePack, content);

        Assert.Contains(
            "ng refs/heads/stromboli/x larger than the 5000000 bytes",
            await answer.Content.ReadAsStringAsync(),
            StringComparison.Ordinal
        );
        Assert.Empty(harness.Requests);
        Assert.Empty(record.Accepted);
    }

    [Theory]
    [InlineData("0000")]
    [InlineData($"<shallow {One}>0000")]
    public async Task Probe_IsAnsweredHere(string body)
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());

        var answer = await PostAsync(harness, Bytes(body));

        Assert.Equal((HttpStatusCode.OK, 0), (answer.Status, answer.Body.Length));
        Assert.Empty(harness.Requests);
    }

    [Theory]
    [InlineData("00000000")]
    [InlineData($"0000<{Zero} {One} refs/heads/main\0report-status>0000")]
    [InlineData($"<{Zero} {One} refs/heads/stromboli/x\0report-status>0001<{Zero} {One} refs/heads/main>0000")]
    [InlineData($"<{Zero} {One} refs/heads/stromboli/x\0report-status push-options>0000<ci.skip>0000")]
    [InlineData($"<{Zero} {One} refs/heads/stromboli/x>0000")]
    [InlineData("GET / HTTP/1.1")]
    public async Task LookAlike_IsRefusedAndGoesNowhere(string body)
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());

        Assert.Equal(HttpStatusCode.BadRequest, (await PostAsync(harness, Bytes(body))).Status);
        Assert.Empty(harness.Requests);
    }

    [Theory]
    [InlineData("gzip", "application/x-git-receive-pack-request")]
    [InlineData(null, "application/x-git-upload-pack-request")]
    public async Task Push_OfAnotherTypeOrCompressed_IsRefused(string? encoding, string type)
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());
        using var content = Content(new ByteArrayContent(Push()), type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        using var answer = await harness.Client().PostAsync(ReceivePack, content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Clone_HasNoWayToPush()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.Open();

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(harness, Push())).Status);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Lease_ThatEndsDuringAPush_EndsThePush()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);
        using var content = Content(new ChunkedContent(Push(pack: ""), 10_000_000) { Half = () => harness.LeaseHolds = false });

        using var answer = await harness.Client().PostAsync(ReceivePack, content);

        Assert.Contains("the node's lease is over", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        // Nothing arrived whole.
        Assert.Empty(harness.Requests);
        var later = await PostAsync(harness, Push());
        Assert.Contains("the node's lease is over", Encoding.Latin1.GetString(later.Body), StringComparison.Ordinal);
        Assert.Empty(harness.Requests);
        Assert.Empty(record.Accepted);
    }

    [Theory]
    [InlineData(401, "the server refuses the credential")]
    [InlineData(403, "the server refuses the credential")]
    [InlineData(404, "the server has no such repository")]
    [InlineData(302, "the server redirects to")]
    public async Task Server_ThatRefuses_IsReportedInGitsWords(int status, string reason)
    {
        await using var harness = await GitHarness.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var run = harness.OpenForPush(new MemoryRecord());

        var answer = await PostAsync(harness, Push());
        using var refs = await harness.Client().GetAsync(Refs);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains($"ng refs/heads/stromboli/x {reason}", Encoding.Latin1.GetString(answer.Body), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, refs.StatusCode);
        Assert.Contains($"ERR stromboli: {reason}", await refs.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_ThatNoAgentWaitsFor_StillCounts()
    {
        var arrived = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        await using var harness = await GitHarness.StartAsync(async context =>
        {
            arrived.SetResult();
            await goOn.Task;
            await Answer(Report)(context);
        });
        var record = new MemoryRecord();
        await using var run = harness.OpenForPush(record);
        using var leaving = new CancellationTokenSource();
        using var content = Content(new ByteArrayContent(Push()));

        var push = harness.Client().PostAsync(ReceivePack, content, leaving.Token);
        await arrived.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => push);
        goOn.SetResult();

        await Eventually.True(() => record.Accepted.Count == 1);
    }

    [Fact]
    public async Task Push_BeforeTheRunIsAdmitted_Waits()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord(), admitted: false);

        var push = PostAsync(harness, Push());
        Assert.Empty(harness.Requests);
        run.Admit(new GitCredential { Username = "me", Password = GitHarness.Password });

        Assert.Equal(Report, (await push).Body);
    }

    [Fact]
    public async Task Pushes_WithoutEnd_AreSlowedDown()
    {
        await using var harness = await GitHarness.StartAsync(Answer(Report));
        await using var run = harness.OpenForPush(new MemoryRecord());
        for (var i = 0; i < GitRunPushes.Burst; i++)
        {
            Assert.Equal(Report, (await PostAsync(harness, Push())).Body);
        }

        var more = await PostAsync(harness, Push());

        Assert.Contains("too many pushes", Encoding.Latin1.GetString(more.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Advertisement_IsAskedWithoutAProtocolVersion()
    {
        await using var harness = await GitHarness.StartAsync(async context =>
        {
            context.Response.ContentType = "application/x-git-receive-pack-advertisement";
            await context.Response.Body.WriteAsync(
                Bytes($"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status push-options\n>0000")
            );
        });
        await using var run = harness.OpenForPush(new MemoryRecord { Commit = Two });
        using var request = new HttpRequestMessage(HttpMethod.Get, Refs);
        request.Headers.TryAddWithoutValidation("git-protocol", "version=2");

        using var answer = await harness.Client().SendAsync(request);

        Assert.Equal(
            Bytes($"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status delete-refs\n><{Two} .have\n>0000"),
            await answer.Content.ReadAsByteArrayAsync()
        );
        Assert.False(Assert.Single(harness.Requests).Headers.ContainsKey("git-protocol"));
    }

    private static Uri Refs { get; } = new("/repository/info/refs?service=git-receive-pack", UriKind.Relative);

    private static Uri ReceivePack { get; } = new("/repository/git-receive-pack", UriKind.Relative);

    private static RequestDelegate Answer(byte[] body) =>
        async context =>
        {
            context.Response.ContentType = "application/x-git-receive-pack-result";
            await context.Response.Body.WriteAsync(body);
        };

    private static async Task<(HttpStatusCode Status, byte[] Body)> PostAsync(GitHarness harness, byte[] body)
    {
        using var content = Content(new ByteArrayContent(body));
        using var answer = await harness.Client().PostAsync(ReceivePack, content);
        return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync());
    }

    private static HttpContent Content(HttpContent content, string type = "application/x-git-receive-pack-request")
    {
        content.Headers.TryAddWithoutValidation("content-type", type);
        return content;
    }

    // A body whose length is not announced.
    private sealed class ChunkedContent(byte[] head, int bytes) : HttpContent
    {
        public Action Half { get; init; } = static () => { };

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(head);
            var piece = new byte[100_000];
            for (var sent = 0; sent < bytes; sent += piece.Length)
            {
                if (sent >= bytes / 2 && sent - piece.Length < bytes / 2)
                {
                    Half();
                }

                await stream.WriteAsync(piece.AsMemory(0, Math.Min(piece.Length, bytes - sent)));
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
