using Microsoft.AspNetCore.Http.Features;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Git;

/// <summary>Takes each request of a clone to its route.</summary>
internal sealed class GitHandler(GitForwarder forwarder) : IGatewayHandler<GitRun>
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, GitRun run)
    {
        try
        {
            var route = GitRoutes.Match(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            await (
                route == GitRoute.None
                    ? GitAnswer.RefuseAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        "this gateway fetches one repository and serves nothing else"
                    )
                    : forwarder.ForwardAsync(context, run, route)
            );
        }
        catch (Exception) when (run.Failure is not null && context.Response.HasStarted)
        {
            // The server's answer broke off, so it breaks off for git as well.
            context.Abort();
        }
    }

    /// <inheritdoc/>
    public Task RefuseMalformedAsync(HttpContext context, int status) => GitAnswer.RefuseAsync(context, status, "the request is malformed");
}
