using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Stromboli.PodmanBridge.Git;

/// <summary>Takes each request to its route, in the name of the clone whose socket it came by.</summary>
internal sealed partial class GitApplication(GitGatewayOptions options) : IHttpApplication<HttpContext>
{
    private readonly ILogger _logger = options.Loggers.CreateLogger<GitApplication>();
    private readonly GitForwarder _forwarder = new(options);

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held by the context that its features do not dispose of.
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        var run = context.Features.Get<GitRun>();
        if (run is null || !run.Enter())
        {
            context.Abort();
            return;
        }

        try
        {
            var route = GitRoutes.Match(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            await (route == GitRoute.None
                ? GitAnswer.RefuseAsync(context, StatusCodes.Status404NotFound, "this gateway fetches one repository and serves nothing else")
                : _forwarder.ForwardAsync(context, run, route));
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await GitAnswer.RefuseAsync(context, e.StatusCode, "the request is malformed");
        }
        catch (Exception) when (run.Failure is not null && context.Response.HasStarted)
        {
            // The server's answer broke off: it breaks off for git too.
            context.Abort();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && (context.RequestAborted.IsCancellationRequested || run.Closed.IsCancellationRequested))
        {
            // git hung up, or the clone is over.
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, run.Key);
            context.Abort();
        }
        finally
        {
            run.Leave();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A git request of {Run} failed in the gateway")]
        public static partial void Failed(ILogger logger, Exception exception, string run);
    }
}
