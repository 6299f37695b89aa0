using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Stromboli.ScriptedModel;

/// <summary>
/// A model that does what the prompt says: the Messages API over HTTP, without state. The messages of a request alone decide its answer, so
/// requests of many conversations may come in any order.
/// </summary>
public sealed class ScriptedModelServer : IAsyncDisposable
{
    private static readonly string[] CredentialHeaders = ["x-api-key", "authorization", "proxy-authorization", "cookie"];

    private readonly WebApplication _app;
    private readonly RequestLog _log;

    private ScriptedModelServer(WebApplication app, RequestLog log) => (_app, _log) = (app, log);

    /// <summary>Where it listens.</summary>
    public Uri BaseAddress => new(_app.Urls.Single());

    /// <summary>Listens, with a log of the requests appended to a file.</summary>
    public static async Task<ScriptedModelServer> StartAsync(IPEndPoint listen, string logPath, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024 * 1024;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(listen, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });
        // A stalled answer must not hold up the end of the process.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        var app = builder.Build();
        var server = new ScriptedModelServer(app, new RequestLog(logPath));
        app.Run(server.ServeAsync);
        await app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Waits until the process is told to end.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _log.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        var requestID = "req_" + Guid.NewGuid().ToString("N");
        context.Response.Headers["request-id"] = requestID;
        context.Response.Headers["anthropic-organization-id"] = "00000000-0000-4000-8000-000000000000";
        try
        {
            await RouteAsync(context, requestID);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client hung up, or the process ends.
            context.Abort();
        }
    }

    private Task RouteAsync(HttpContext context, string requestID) =>
        (context.Request.Method, context.Request.Path.Value) switch
        {
            // The CLI sends this request to check its connection.
            ("GET" or "HEAD", "/" or "/api/hello") => PlainAsync(context, 200, null),
            ("POST", "/v1/messages") => MessagesAsync(context, requestID),
            ("POST", "/v1/messages/count_tokens") => CountAsync(context, requestID),
            _ => PlainAsync(context, 404, MessageWriter.Error(404, requestID)),
        };

    private async Task MessagesAsync(HttpContext context, string requestID)
    {
        using var body = await BodyAsync(context, requestID);
        if (body is null)
        {
            return;
        }

        var request = body.RootElement;
        var conversation = Conversation.Read(request);
        var answer = Answer.Decide(conversation, Tools(request));
        await Task.Delay(answer.Delay, TimeProvider.System, context.RequestAborted);
        if (answer.Status is { } status)
        {
            await PlainAsync(context, status, MessageWriter.Error(status, requestID), request, conversation);
        }
        else if (Flag(request, "stream"))
        {
            Log(context, 200, request, conversation);
            context.Response.ContentType = "text/event-stream; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            await MessageWriter.StreamAsync(context.Response, answer, Model(request) ?? "", context.RequestAborted);
        }
        else
        {
            if (answer.Stalls)
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            await PlainAsync(context, 200, MessageWriter.Whole(answer, Model(request) ?? ""), request, conversation);
        }
    }

    private async Task CountAsync(HttpContext context, string requestID)
    {
        using var body = await BodyAsync(context, requestID);
        if (body is not null)
        {
            await PlainAsync(
                context,
                200,
                new JsonObject { ["input_tokens"] = body.RootElement.GetRawText().Length / 4 },
                body.RootElement,
                Conversation.Read(body.RootElement)
            );
        }
    }

    /// <summary>Reads the body; null if the request was refused, in the way in which the API refuses it.</summary>
    private async Task<JsonDocument?> BodyAsync(HttpContext context, string requestID)
    {
        JsonDocument? body = null;
        try
        {
            body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            // Refused below, as a body without a model is.
        }

        var refusal =
            !HasCredential(context) ? 401
            : body?.RootElement.ValueKind != JsonValueKind.Object || Model(body.RootElement) is null ? 400
            : 0;
        if (refusal == 0)
        {
            return body;
        }

        body?.Dispose();
        await PlainAsync(context, refusal, MessageWriter.Error(refusal, requestID));
        return null;
    }

    private async Task PlainAsync(
        HttpContext context,
        int status,
        JsonObject? body,
        JsonElement? request = null,
        Conversation? conversation = null
    )
    {
        Log(context, status, request, conversation);
        context.Response.StatusCode = status;
        if (body is null)
        {
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(JsonSerializerOptions.Default), context.RequestAborted);
    }

    private void Log(HttpContext context, int status, JsonElement? request, Conversation? conversation)
    {
        var headers = context.Request.Headers;
        var prompt = conversation?.Prompts is { Count: > 0 } prompts ? prompts[^1] : null;
        _log.Add(
            new RequestRecord
            {
                Time = TimeProvider.System.GetUtcNow(),
                Method = context.Request.Method,
                Target = context.Features.Get<IHttpRequestFeature>()!.RawTarget,
                Credentials = CredentialHeaders.Where(headers.ContainsKey).ToDictionary(name => name, name => headers[name].ToString()),
                Headers = [.. headers.Keys.Order(StringComparer.OrdinalIgnoreCase)],
                Model = request is { } m ? Model(m) : null,
                PromptSha256 = prompt is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(prompt))),
                Stream = request is { } s && Flag(s, "stream"),
                Beta = headers.TryGetValue("anthropic-beta", out var beta) ? beta.ToString() : null,
                Effort = request is { } e ? Effort(e) : null,
                Tools = request is { } t ? Tools(t) : [],
                System = request is { } y ? SystemBlocks.TextOf(y) : null,
                CacheTtls = request is { } c ? SystemBlocks.CacheTtlsOf(c) : [],
                Schema = request is { } o ? Schema(o) : null,
                Status = status,
            }
        );
    }

    private static bool HasCredential(HttpContext context) =>
        context.Request.Headers.ContainsKey("x-api-key") || context.Request.Headers.ContainsKey("authorization");

    private static string? Model(JsonElement request) =>
        request.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.String ? model.GetString() : null;

    private static string? Effort(JsonElement request) =>
        request.TryGetProperty("output_config", out var config)
        && config.ValueKind == JsonValueKind.Object
        && config.TryGetProperty("effort", out var effort)
            ? effort.GetString()
            : null;

    private static string? Schema(JsonElement request) =>
        request.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? tools
                .EnumerateArray()
                .Where(tool =>
                    tool.TryGetProperty("name", out var name)
                    && name.ValueEquals("StructuredOutput")
                    && tool.TryGetProperty("input_schema", out _)
                )
                .Select(tool => tool.GetProperty("input_schema").GetRawText())
                .FirstOrDefault()
            : null;

    private static bool Flag(JsonElement request, string name) =>
        request.TryGetProperty(name, out var flag) && flag.ValueKind == JsonValueKind.True;

    private static IReadOnlyList<string> Tools(JsonElement request) =>
        request.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array
            ? [.. tools.EnumerateArray().Select(tool => tool.TryGetProperty("name", out var name) ? name.GetString() ?? "" : "")]
            : [];
}
