using System.Text;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Git;

/// <summary>The gateway's own answers to git, which prints text as the server's word.</summary>
internal static class GitAnswer
{
    /// <summary>Refuses a request.</summary>
    /// <param name="context">The request; nothing has been answered yet.</param>
    /// <param name="status">The HTTP status; never 401, because git would then ask for a credential.</param>
    /// <param name="message">Part of a sentence that contains nothing of a server's answer.</param>
    public static async Task RefuseAsync(HttpContext context, int status, string message)
    {
        GatewayMetrics.Refused(GatewayMetrics.Git, status);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"stromboli: {message}\n"), context.RequestAborted);
    }
}
