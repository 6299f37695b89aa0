using Microsoft.AspNetCore.Http;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Client;

public sealed class WatchTests : ApiServerTest
{
    [Fact]
    public async Task Watch_Changes_ComeInOrder()
    {
        var first = await CreateAsync("a");
        List<string> seen = [];
        var watching = Task.Run(async () =>
        {
            await foreach (var change in Client.WatchAsync(Widget.Type, new() { ResourceVersion = first.Metadata.ResourceVersion }, End))
            {
                seen.Add($"{change.Type} {change.Object?.Metadata.Name}");
                if (change.Type == WatchEventType.Bookmark)
                {
                    return change.ResourceVersion;
                }
            }

            return "";
        });
        await CreateAsync("b");
        await Client.ReplaceAsync(Widget.Type, first with { Spec = new() { Node = "n" } }, cancellationToken: End);
        await Client.DeleteAsync(Widget.Type, A, cancellationToken: End);
        await Eventually.True(() => Server.OpenWatches == 1);
        Server.Bookmark();

        Assert.Equal($"{Server.Objects.Revision}", await watching);
        Assert.Equal(["Added b", "Modified a", "Deleted a", "Bookmark "], seen);
    }

    [Fact]
    public async Task Watch_TornMidRecord_GivesWholeRecordsThenFails()
    {
        var read = new TaskCompletionSource();
        Server.Intercept = async (context, _) =>
        {
            await context.Response.WriteAsync(
                """{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"}}}"""
                    + "\n"
                    + """{"type":"ADDED","object":{"metadata":{"na"""
            );
            await context.Response.Body.FlushAsync();
            await read.Task;
            context.Abort();
            return true;
        };
        List<string?> seen = [];

        var failure = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var change in Client.WatchAsync(Widget.Type, cancellationToken: End))
            {
                seen.Add(change.Object!.Metadata.Name);
                read.SetResult();
            }
        });

        Assert.Equal("NoAnswer", failure.Reason);
        Assert.Equal(["a"], seen);
    }

    [Fact]
    public async Task Watch_EndedCleanlyMidRecord_TheTornRecordIsDropped()
    {
        Server.Intercept = async (context, _) =>
        {
            await context.Response.WriteAsync(
                """{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"}}}""" + "\n" + """{"type":"ADDED","obj"""
            );
            return true;
        };
        List<string?> seen = [];

        await foreach (var change in Client.WatchAsync(Widget.Type, cancellationToken: End))
        {
            seen.Add(change.Object!.Metadata.Name);
        }

        Assert.Equal(["a"], seen);
    }

    [Fact]
    public async Task Watch_RecordInManyPieces_IsRead()
    {
        var record = """{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"},"spec":{"node":"PAYLOAD"}}}""".Replace(
            "PAYLOAD",
            new string('é', 40000),
            StringComparison.Ordinal
        );
        Server.Intercept = async (context, _) =>
        {
            var bytes = System.Text.Encoding.UTF8.GetBytes(record + "\n" + record + "\n");
            for (var i = 0; i < bytes.Length; i += 7777)
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(i, Math.Min(7777, bytes.Length - i)));
                await context.Response.Body.FlushAsync();
            }

            return true;
        };
        var count = 0;

        await foreach (var change in Client.WatchAsync(Widget.Type, cancellationToken: End))
        {
            count += change.Object!.Spec!.Node!.Length;
        }

        Assert.Equal(80000, count);
    }

    [Theory]
    [InlineData(
        """{"type":"ERROR","object":{"kind":"Status","status":"Failure","code":410,"reason":"Expired","message":"too old"}}""",
        "Expired",
        true
    )]
    [InlineData("""{"object":{"kind":"Status","status":"Failure","code":410,"reason":"Gone"},"type":"ERROR"}""", "Gone", true)]
    [InlineData("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}""", "Unreadable", false)]
    [InlineData("""{"type":"ADDED"}""", "Unreadable", false)]
    [InlineData("""{"type":"ODD","object":{"metadata":{"resourceVersion":"1"}}}""", "Unreadable", false)]
    [InlineData("""{"type":"ADDED","object":{"metadata":7}}""", "Unreadable", false)]
    [InlineData("no", "Unreadable", false)]
    public async Task Watch_ErrorOrNonsense_ThrowsATypedFailure(string record, string reason, bool gone)
    {
        Server.Intercept = async (context, _) =>
        {
            await context.Response.WriteAsync(record + "\n");
            return true;
        };

        var failure = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var _ in Client.WatchAsync(Widget.Type, cancellationToken: End))
            {
                Assert.Fail("It should not come so far.");
            }
        });

        Assert.Equal(reason, failure.Reason);
        Assert.Equal(gone, failure.IsGone);
    }

    [Fact]
    public async Task Watch_Silence_TimesOut()
    {
        var clock = new ManualTimeProvider();
        using var client = NewClient(clock: clock);
        var watching = Task.Run(async () =>
        {
            await foreach (
                var _ in client.WatchAsync(Widget.Type, new() { ResourceVersion = "100", SilenceTimeout = TimeSpan.FromMinutes(8) }, End)
            ) { }
        });
        await Eventually.True(() => Server.OpenWatches == 1);
        await Eventually.True(() =>
        {
            clock.Advance(TimeSpan.FromMinutes(9));
            return watching.IsCompleted;
        });

        Assert.Equal("Timeout", (await Assert.ThrowsAsync<ApiException>(() => watching)).Reason);
    }

    [Fact]
    public async Task Watch_RecordLargerThanTheLimit_Refused()
    {
        using var client = NewClient(new() { MaxResponseBytes = 1000 });
        Server.Intercept = async (context, _) =>
        {
            await context.Response.WriteAsync(new string('x', 100_000));
            await context.Response.Body.FlushAsync();
            await context.UntilAbortedAsync();
            return true;
        };

        var failure = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var _ in client.WatchAsync(Widget.Type, cancellationToken: End)) { }
        });

        Assert.Equal("ResponseTooLarge", failure.Reason);
    }
}
