using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Testing.ApiServer;

public sealed partial class FakeApiServer
{
    private int _bookmarks;
    private int _ends;
    private volatile bool _holdWatches;
    private volatile bool _stopping;

    /// <summary>How many watches are open.</summary>
    public int OpenWatches => _openWatches;

    private int _openWatches;

    private async Task WatchAsync(HttpContext context, RequestPath path)
    {
        var query = context.Request.Query;
        var selector = new Selector(path.Namespace, query["labelSelector"], query["fieldSelector"]);
        var revision = long.TryParse(query["resourceVersion"], CultureInfo.InvariantCulture, out var from) ? from : Objects.Revision;
        var (bookmarks, ends) = (_bookmarks, _ends);
        var seconds = int.TryParse(query["timeoutSeconds"], CultureInfo.InvariantCulture, out var parsed) ? parsed : 3600;
        var until = TimeProvider.System.GetUtcNow().AddSeconds(seconds);
        context.Response.ContentType = "application/json";
        Interlocked.Increment(ref _openWatches);
        try
        {
            await context.Response.StartAsync();
            while (
                !_stopping && _ends == ends && !context.RequestAborted.IsCancellationRequested && TimeProvider.System.GetUtcNow() < until
            )
            {
                var changed = Objects.Changed;
                if (Objects.IsCompacted(revision))
                {
                    await SendAsync(
                        context,
                        "ERROR",
                        new ApiFailureException(410, "Expired", $"too old resource version: {revision}").ToStatus()
                    );
                    return;
                }

                if (!HoldWatches)
                {
                    var latest = Objects.Revision;
                    revision = await SendChangesAsync(context, path, selector, revision);
                    if (bookmarks != _bookmarks)
                    {
                        bookmarks = _bookmarks;
                        revision = Math.Max(revision, latest);
                        await SendAsync(
                            context,
                            "BOOKMARK",
                            new()
                            {
                                ["kind"] = "X",
                                ["apiVersion"] = path.ApiVersion,
                                ["metadata"] = new JsonObject { ["resourceVersion"] = $"{revision}", ["creationTimestamp"] = null },
                            }
                        );
                    }
                }

                var now = TimeProvider.System.GetUtcNow();
                await Task.WhenAny(
                    changed,
                    Task.Delay(
                        until - now > TimeSpan.FromDays(1) ? TimeSpan.FromDays(1) : Positive(until - now),
                        TimeProvider.System,
                        context.RequestAborted
                    )
                );
            }
        }
        finally
        {
            Interlocked.Decrement(ref _openWatches);
        }
    }

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private async Task<long> SendChangesAsync(HttpContext context, RequestPath path, Selector selector, long revision)
    {
        foreach (var change in Objects.ChangesAfter(path.Resource, revision))
        {
            revision = change.Revision;
            var before = change.Old is not null && selector.Matches(change.Old);
            var after = change.New is not null && selector.Matches(change.New);
            var type = (before, after) switch
            {
                (false, true) => "ADDED",
                (true, true) => "MODIFIED",
                (true, false) => "DELETED",
                _ => null,
            };
            if (type is not null)
            {
                await SendAsync(context, type, change.New ?? change.Old!);
            }
        }

        return revision;
    }

    private static async Task SendAsync(HttpContext context, string type, JsonObject target)
    {
        await context.Response.WriteAsync(new JsonObject { ["type"] = type, ["object"] = target }.ToJsonString() + "\n");
        await context.Response.Body.FlushAsync();
    }
}
