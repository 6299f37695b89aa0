using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Model;

/// <summary>An error in the shape of the Messages API, so that any client of it understands the gateway's own refusals.</summary>
internal sealed record ApiError
{
    /// <summary>Always <c>error</c>.</summary>
    public string Type { get; init; } = "error";

    /// <summary>What is wrong.</summary>
    public required ApiErrorBody Error { get; init; }

    /// <summary>Answers with an error and counts the refusal.</summary>
    /// <param name="context">The request; nothing has been answered yet.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">One sentence that contains nothing of an upstream's answer.</param>
    /// <param name="retryAfterSeconds">After how many seconds a retry may succeed; null if a retry is useless.</param>
    public static Task WriteAsync(HttpContext context, int status, string message, int? retryAfterSeconds = null)
    {
        GatewayMetrics.Refused(GatewayMetrics.Model, status);
        return AnswerAsync(context, status, message, retryAfterSeconds);
    }

    /// <summary>Same as <see cref="WriteAsync"/>, for a refusal that the caller counts.</summary>
    /// <inheritdoc cref="WriteAsync" path="/param"/>
    public static async Task AnswerAsync(HttpContext context, int status, string message, int? retryAfterSeconds = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        if (retryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString();
        }

        context.Response.Headers["x-should-retry"] = retryAfterSeconds is null ? "false" : "true";
        var error = new ApiError
        {
            Error = new ApiErrorBody { Type = TypeOf(status), Message = "stromboli: " + message },
        };
        await context.Response.Body.WriteAsync(
            JsonSerializer.SerializeToUtf8Bytes(error, ApiErrorJson.Default.ApiError),
            context.RequestAborted
        );
    }

    private static string TypeOf(int status) =>
        status switch
        {
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            503 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };
}

/// <summary>The inner part of an error.</summary>
internal sealed record ApiErrorBody
{
    /// <summary>The API's name for the kind of error.</summary>
    public required string Type { get; init; }

    /// <summary>One sentence.</summary>
    public required string Message { get; init; }
}

/// <summary>How errors are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ApiError))]
internal sealed partial class ApiErrorJson : JsonSerializerContext;
