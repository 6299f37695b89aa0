using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace Stromboli.Testing.ApiServer;

/// <summary>
/// A Kubernetes API server for tests: real HTTP on the loopback, any resource, lists in pages of one snapshot, watches with history,
/// compare-and-swap, merge patches (apply is one that creates), deletes with preconditions and finalizers. It checks no schema and no
/// rights. <see cref="Intercept"/> makes it misbehave.
/// </summary>
public sealed partial class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeApiServer(WebApplication app) => _app = app;

    /// <summary>What is stored; tests may read and change it directly.</summary>
    public ObjectStore Objects { get; } = new();

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredAddress());

    /// <summary>Every request, in order of arrival.</summary>
    public ConcurrentQueue<RecordedRequest> Requests { get; } = [];

    /// <summary>Called first for each request. True means that the request is answered.</summary>
    public Func<HttpContext, RecordedRequest, Task<bool>>? Intercept { get; set; }

    /// <summary>
    /// Answers a create of these plurals without storing anything, as for reviews and (by <c>serviceaccounts/token</c>) tokens.
    /// </summary>
    public ConcurrentDictionary<string, Func<JsonObject, JsonObject>> Answers { get; } = [];

    /// <summary>While true, watches send nothing: an informer lags.</summary>
    public bool HoldWatches
    {
        get => _holdWatches;
        set
        {
            _holdWatches = value;
            Objects.Wake();
        }
    }

    /// <summary>Starts a server. With the port of an earlier one, a test can stop a server and start it again.</summary>
    public static async Task<FakeApiServer> StartAsync(int port = 0, Action<KestrelServerOptions>? kestrel = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(options =>
        {
            if (kestrel is null)
            {
                options.Listen(System.Net.IPAddress.Loopback, port);
            }
            else
            {
                kestrel(options);
            }
        });
        var app = builder.Build();
        var server = new FakeApiServer(app);
        app.Run(server.HandleAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Sends a bookmark of the current revision on every watch.</summary>
    public void Bookmark()
    {
        Interlocked.Increment(ref _bookmarks);
        Objects.Wake();
    }

    /// <summary>Ends every watch, cleanly.</summary>
    public void EndWatches()
    {
        Interlocked.Increment(ref _ends);
        Objects.Wake();
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        Objects.Wake();
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = new RecordedRequest(
            context.Request.Method,
            context.Request.Path,
            context.Request.QueryString.ToString(),
            context.Request.Headers.Authorization,
            context.Request.ContentType,
            await reader.ReadToEndAsync()
        );
        Requests.Enqueue(request);
        if (Intercept is { } intercept && await intercept(context, request))
        {
            return;
        }

        try
        {
            if (RequestPath.Parse(context.Request.Path) is not { } path)
            {
                throw new ApiFailureException(404, "NotFound", "the server could not find the requested resource");
            }

            if (context.Request.Query.ContainsKey("watch"))
            {
                await WatchAsync(context, path);
            }
            else
            {
                await WriteAsync(context, request.Method == "POST" ? 201 : 200, Answer(context, path, request));
            }
        }
        catch (ApiFailureException failure)
        {
            await WriteAsync(context, failure.Code, failure.ToStatus());
        }
    }

    private static async Task WriteAsync(HttpContext context, int code, JsonObject body)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }
}
