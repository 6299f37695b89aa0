using System.Globalization;
using System.Text.Json;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Streams.Answers;

/// <summary>Writes a Kubernetes Status.</summary>
internal static class StatusAnswer
{
    /// <summary>Answers a request that failed. Does nothing if an answer has begun.</summary>
    public static async Task WriteAsync(HttpContext http, StatusException error)
    {
        if (http.Response.HasStarted)
        {
            return;
        }

        var status = new Status
        {
            ApiVersion = "v1",
            Kind = "Status",
            Result = "Failure",
            Message = error.Message,
            Reason = error.Reason,
            Code = error.Code,
            Details = error.RetryAfter is { } seconds ? new StatusDetails { RetryAfterSeconds = seconds } : null,
        };
        http.Response.Clear();
        http.Response.StatusCode = error.Code;
        if (error.RetryAfter is { } after)
        {
            http.Response.Headers.RetryAfter = after.ToString(CultureInfo.InvariantCulture);
        }

        if (error.Code == StatusCodes.Status405MethodNotAllowed)
        {
            http.Response.Headers.Allow = HttpMethods.Get;
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(status, KubernetesJson.Default.Status);
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
