using Stromboli.Egress;
using Stromboli.Gateway.Telemetry;

namespace Stromboli.Gateway.Git;

/// <summary>Sends requests to a repository's server and judges the heads of its answers.</summary>
internal sealed partial class GitUpstream(ILogger logger)
{
    /// <summary>Sends a request. What went wrong is noted at the run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="route">What the request is.</param>
    /// <param name="message">The request.</param>
    /// <param name="wait">Cancelled when the server takes too long, or with <paramref name="stop"/>.</param>
    /// <param name="stop">Cancelled when nobody waits for the answer any more.</param>
    /// <returns>The answer, if there is one, and why it cannot be used, if it cannot.</returns>
    public async Task<(HttpResponseMessage? Answer, GitFailure? Failure)> SendAsync(
        GitRun run,
        GitRoute route,
        HttpRequestMessage message,
        CancellationToken wait,
        CancellationToken stop
    )
    {
        HttpResponseMessage answer;
        try
        {
            GatewayMetrics.Allowed(GatewayMetrics.Git);
            answer = await run.SendAsync(message, wait);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            var unreachable = FailureOf(e);
            Log.Unreachable(logger, run.Key, run.Remote.Host, unreachable.Kind, e.InnerException?.Message ?? e.Message);
            run.Note(unreachable);
            return (null, unreachable);
        }

        var failure = FailureOf(answer, run.Remote, route);
        if (failure is not null)
        {
            run.Note(failure);
        }

        return (answer, failure);
    }

    /// <summary>The status with which a request is refused whose answer cannot be used.</summary>
    public static int StatusOf(HttpResponseMessage? answer) =>
        answer switch
        {
            null => StatusCodes.Status502BadGateway,
            { StatusCode: System.Net.HttpStatusCode.NotFound } => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status403Forbidden,
        };

    private static GitFailure? FailureOf(HttpResponseMessage answer, GitRemote remote, GitRoute route) =>
        GitFailure.OfStatus((int)answer.StatusCode, remote.Authorization is not null, RedirectHost(answer, remote))
        ?? (answer.Content.Headers.ContentType?.MediaType == GitRoutes.AnswerType(route) ? null : new GitFailure(GitFailureKind.NotGit));

    private static GitFailure FailureOf(Exception e) =>
        e switch
        {
            HttpRequestException { InnerException: DialException dial } => new GitFailure(
                dial.Failure switch
                {
                    DialFailure.NotResolved => GitFailureKind.NotResolved,
                    DialFailure.AddressRefused or DialFailure.NotListed => GitFailureKind.AddressRefused,
                    _ => GitFailureKind.Unreachable,
                }
            ),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => new GitFailure(GitFailureKind.Tls),
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => new GitFailure(GitFailureKind.NotGit),
            _ => new GitFailure(GitFailureKind.Unreachable),
        };

    // Only the host, because a path may contain something confidential, and only if it looks like a host name.
    private static string RedirectHost(HttpResponseMessage answer, GitRemote remote)
    {
        if (answer.Headers.Location is not { } location)
        {
            return "nowhere";
        }

        return !location.IsAbsoluteUri ? remote.Host
            : location.IdnHost is { Length: > 0 and < 254 } host && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':')
                ? host
            : "another host";
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Git request of {Run}: {Host} cannot be used: {Failure}: {Detail}")]
        public static partial void Unreachable(ILogger logger, string run, string host, GitFailureKind failure, string detail);
    }
}
