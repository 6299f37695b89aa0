using System.Net;
using System.Text;
using System.Text.Json;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Turns a failed answer into an <see cref="ApiException"/>.</summary>
internal static class ErrorReader
{
    private const int MaxErrorBytes = 1024 * 1024;
    private const int MaxQuotedChars = 300;

    public static async Task<ApiException> ReadAsync(
        ApiRequest request,
        HttpResponseMessage response,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var body = await BoundedReader.ReadAsync(response.Content, MaxErrorBytes, cancellationToken);
        var status = TryParse(body.Span);
        var retryAfter =
            FromHeader(response, clock)
            ?? (status?.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : null);
        var message = status?.Message is { Length: > 0 } text ? text : Quote(body.Span);
        return new(
            response.StatusCode,
            status?.Reason is { Length: > 0 } reason ? reason : response.StatusCode.ToString(),
            $"{request.Method} {request.Path.Split('?')[0]}: {(int)response.StatusCode} {message}",
            retryAfter,
            status
        );
    }

    /// <summary>The error of an ERROR record in a watch.</summary>
    public static ApiException FromWatch(Status status)
    {
        var code = status.Code is >= 400 and <= 599 ? (HttpStatusCode)status.Code.Value : HttpStatusCode.InternalServerError;
        var wait = status.Details?.RetryAfterSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        return new(code, status.Reason ?? code.ToString(), $"The watch ended: {(int)code} {status.Message}", wait, status);
    }

    private static Status? TryParse(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, KubernetesJson.Default.Status) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            return null; // a proxy's page, or plain text
        }
    }

    private static TimeSpan? FromHeader(HttpResponseMessage response, TimeProvider clock)
    {
        var wait = response.Headers.RetryAfter?.Delta ?? (response.Headers.RetryAfter?.Date - clock.GetUtcNow());
        return wait >= TimeSpan.Zero ? wait : null;
    }

    private static string Quote(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, MaxQuotedChars)]).Trim();
        return text.Length == 0 ? "(no message)" : text;
    }
}
