using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Stromboli.Gateway.Git;
using Stromboli.Testing;

namespace Stromboli.Gateway.Tests.Git;

public sealed class GitGatewayTests
{
    [Fact]
    public async Task Advertisement_IsAskedOfTheRepositoryWithTheCredentialAndNothingOfGits()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise);
        await using var run = harness.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, GitHarness.Refs);
        foreach (
            var (name, value) in new[]
            {
                ("authorization", "Basic bWU6bWU="),
                ("cookie", "a=b"),
                ("x-forwarded-for", "1.2.3.4"),
                ("git-protocol", "version=2"),
                ("user-agent", "git/2.47.3"),
                ("accept-language", "C"),
            }
        )
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await harness.Client().SendAsync(request);

        Assert.Equal("001e# service=git-upload-pack\n", await answer.Content.ReadAsStringAsync());
        var seen = Assert.Single(harness.Requests);
        Assert.Equal(("GET", "/team/project.git/info/refs?service=git-upload-pack"), (seen.Method, seen.Target));
        Assert.Equal(
            [
                "accept-encoding=identity",
                "accept=*/*",
                $"authorization=Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("me:" + GitHarness.Password))}",
                "git-protocol=version=2",
                $"host={harness.Origin.Authority}",
                "user-agent=git/2.47.3",
            ],
            seen.Headers.Select(header => $"{header.Key.ToLowerInvariant()}={header.Value}").Order(StringComparer.Ordinal)
        );
        Assert.Null(run.Failure);
    }

    [Theory]
    [InlineData("version=1")]
    [InlineData("version=2:evil")]
    public async Task GitProtocol_OfAnotherVersion_IsLeftOut(string version)
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise);
        await using var run = harness.Open();
        using var request = new HttpRequestMessage(HttpMethod.Get, GitHarness.Refs);
        request.Headers.TryAddWithoutValidation("git-protocol", version);
        request.Headers.TryAddWithoutValidation("user-agent", "curl/8 (evil)");

        using var answer = await harness.Client().SendAsync(request);

        Assert.False(Assert.Single(harness.Requests).Headers.ContainsKey("git-protocol"));
        Assert.Equal("git/2.0 (stromboli)", harness.Requests.Single().Headers.UserAgent);
    }

    [Fact]
    public async Task UploadPack_WithACompressedBody_IsPassedOnAsItIs()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise);
        await using var run = harness.Open(credential: false);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync("0032want"u8.ToArray());
        }

        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-evil");

        using var answer = await harness.Client().PostAsync(GitHarness.UploadPack, content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var seen = Assert.Single(harness.Requests);
        Assert.Equal(packed.ToArray(), seen.Body);
        Assert.Equal(
            ("gzip", "application/x-git-upload-pack-request", false),
            ($"{seen.Headers.ContentEncoding}", seen.Headers.ContentType.ToString(), seen.Headers.ContainsKey("authorization"))
        );
    }

    [Fact]
    public async Task UploadPack_WithTooLargeABody_GoesNowhere()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise, options => options with { LargestBody = 1000 });
        await using var run = harness.Open();

        using var answer = await harness.Client().PostAsync(GitHarness.UploadPack, new ByteArrayContent(new byte[1001]));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Answer_IsPassedOnWhileItArrives()
    {
        var second = new TaskCompletionSource();
        await using var harness = await GitHarness.StartAsync(async context =>
        {
            await GitHarness.Advertise(context);
            await context.Response.Body.FlushAsync();
            await second.Task;
            await context.Response.WriteAsync("second");
        });
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        Assert.Equal("001e# service=git-upload-pack\n", Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        second.SetResult();
        Assert.Equal("second", Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer)));
    }

    [Theory]
    [InlineData(404, GitFailureKind.NotFound)]
    [InlineData(410, GitFailureKind.NotFound)]
    [InlineData(401, GitFailureKind.CredentialRefused)]
    [InlineData(403, GitFailureKind.CredentialRefused)]
    [InlineData(500, GitFailureKind.ServerError)]
    [InlineData(204, GitFailureKind.ServerError)]
    [InlineData(429, GitFailureKind.ServerError)]
    public async Task Server_ThatRefuses_IsEvidenceAndNothingOfItReachesGit(int status, object kind)
    {
        await using var harness = await GitHarness.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers["x-secret"] = "secret-of-the-server";
            return status == 204 ? Task.CompletedTask : context.Response.WriteAsync("secret-of-the-server");
        });
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(kind, run.Failure!.Kind);
        Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(answer.IsSuccessStatusCode);
        Assert.Equal($"stromboli: {run.Failure.Cause}\n", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("x-secret"));
    }

    [Theory]
    [InlineData("https://elsewhere.example.com/secret?token=secret", "elsewhere.example.com")]
    [InlineData("https://user:secret@elsewhere.example.com:8443/", "elsewhere.example.com")]
    [InlineData("/login", "127.0.0.1")]
    [InlineData("https://xn--e1afmkfd.example/", "xn--e1afmkfd.example")]
    [InlineData("", "nowhere")]
    public async Task Redirect_IsRefusedNamingItsHostAlone(string location, string host)
    {
        await using var harness = await GitHarness.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            if (location.Length > 0)
            {
                context.Response.Headers.Location = location;
            }

            return Task.CompletedTask;
        });
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(new GitFailure(GitFailureKind.Redirected, host), run.Failure);
        Assert.False(answer.Headers.Contains("location"));
        Assert.Single(harness.Requests);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/x-git-receive-pack-advertisement")]
    public async Task Answer_OfAnotherType_IsNoGitServers(string type)
    {
        await using var harness = await GitHarness.StartAsync(context =>
        {
            context.Response.ContentType = type;
            return context.Response.WriteAsync("hello");
        });
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(GitFailureKind.NotGit, run.Failure!.Kind);
        Assert.DoesNotContain("hello", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithAForeignCertificate_IsNotSentAnything()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise, trusted: false);
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(GitFailureKind.Tls, run.Failure!.Kind);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Server_ThatIsNotPublic_IsNotConnectedToUnlessItsOriginIsNamed()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise, options => options with { AllowedOrigins = [] });
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(GitFailureKind.AddressRefused, run.Failure!.Kind);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Server_WithoutAnyoneThere_DoesNotAnswer()
    {
        await using var harness = await GitHarness.StartAsync(
            GitHarness.Advertise,
            options => options with { AllowedOrigins = ["https://127.0.0.1:1"] }
        );
        await using var run = harness.Open(url: "https://127.0.0.1:1/team/project.git");

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(GitFailureKind.Unreachable, run.Failure!.Kind);
    }

    [Fact]
    public async Task Server_ThatIsSilent_IsGivenUp()
    {
        await using var harness = await GitHarness.StartAsync(
            context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted),
            options => options with { AnswerWait = TimeSpan.FromMilliseconds(200) }
        );
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal((HttpStatusCode.BadGateway, GitFailureKind.Unreachable), (answer.StatusCode, run.Failure!.Kind));
    }

    [Fact]
    public async Task Repository_LargerThanTheBound_IsCutOff()
    {
        await using var harness = await GitHarness.StartAsync(
            async context =>
            {
                await GitHarness.Advertise(context);
                await context.Response.Body.WriteAsync(new byte[100_000]);
            },
            options => options with { MostBytes = 50_000 }
        );
        await using var run = harness.Open();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => harness.Client().GetByteArrayAsync(GitHarness.Refs));

        Assert.Equal("it is larger than the 50000 bytes that the node accepts (--git-max-bytes)", run.Failure!.Cause);
    }

    [Fact]
    public async Task Lease_ThatIsOver_LetsNothingOut()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise);
        await using var run = harness.Open();
        harness.LeaseHolds = false;

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Empty(harness.Requests);
    }

    [Fact]
    public async Task Dispose_UnderARequest_CutsItAtBothEnds()
    {
        var hungUp = new TaskCompletionSource();
        await using var harness = await GitHarness.StartAsync(async context =>
        {
            context.RequestAborted.Register(hungUp.SetResult);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });
        var run = harness.Open();
        var asking = harness.Client().GetAsync(GitHarness.Refs);
        await Eventually.True(() => !harness.Requests.IsEmpty);

        await run.DisposeAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => asking);
        await hungUp.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Logs_OfFailures_HoldNoCredential()
    {
        await using var harness = await GitHarness.StartAsync(GitHarness.Advertise, trusted: false);
        await using var run = harness.Open();

        using var answer = await harness.Client().GetAsync(GitHarness.Refs);

        Assert.NotEmpty(harness.Loggers.Lines);
        Assert.DoesNotContain(
            harness.Loggers.Lines,
            line => line.Contains(GitHarness.Password, StringComparison.Ordinal) || line.Contains("Basic", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(GitHarness.Password, $"{run.Remote}", StringComparison.Ordinal);
    }
}
