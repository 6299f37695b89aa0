using System.IO.Pipelines;
using System.Net;
using Stromboli.Kubernetes;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Identity;

namespace Stromboli.Operator.Streams.Relays;

/// <summary>Passes a reader on to the leader, on a replica that does not lead, and copies the leader's answer.</summary>
internal sealed partial class LeaderRelay(LeaderAddress addresses, LeaderClient client, ILogger<LeaderRelay> logger)
{
    private static readonly StreamPipeReaderOptions BodyOptions = new(bufferSize: 32 * 1024);

    /// <summary>Serves one reader.</summary>
    /// <exception cref="StatusException">No leader can be reached.</exception>
    /// <exception cref="OperationCanceledException">The reader is gone, or this process stops.</exception>
    public async Task ServeAsync(HttpContext http, UserIdentity user, CancellationToken cancellationToken)
    {
        var origin = await FindAsync(cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(origin, http.Request.Path + http.Request.QueryString))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.Host = client.Host;
        RelayedUser.Write(user, request);
        using var answer = await AnswerAsync(request, origin, cancellationToken);
        try
        {
            await CopyAsync(answer, http, cancellationToken);
        }
        catch (Exception e)
            when (e is IOException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Log.BrokenOff(logger, origin.Authority, e.Message);
            http.Abort();
        }
    }

    private async Task<Uri> FindAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await addresses.FindAsync(cancellationToken)
                ?? throw StatusException.TryAgain(
                    "No operator leads at the moment, or its address is not known (--streams-address); try again."
                );
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            throw StatusException.TryAgain($"The leader cannot be found: {e.Message}");
        }
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request, Uri origin, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            Log.Unreachable(logger, origin.Authority, e.GetBaseException().Message);
            throw StatusException.TryAgain("The leading operator does not answer; try again.");
        }
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext http, CancellationToken cancellationToken)
    {
        var body = PipeReader.Create(await answer.Content.ReadAsStreamAsync(cancellationToken), BodyOptions);
        var mediaType = answer.Content.Headers.ContentType?.ToString();
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            await StreamBody.BeginAsync(http, MediaTypes.Of(mediaType), cancellationToken);
        }
        else
        {
            http.Response.StatusCode = (int)answer.StatusCode;
            http.Response.ContentType = mediaType;
            if (answer.Headers.RetryAfter is { } retry)
            {
                http.Response.Headers.RetryAfter = retry.ToString();
            }
        }

        await StreamBody.CopyAsync(body, http, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cannot pass a reader on to the leader at {Address}: {Message}")]
        public static partial void Unreachable(ILogger logger, string address, string message);

        [LoggerMessage(LogLevel.Warning, "The leader at {Address} broke a stream off: {Message}")]
        public static partial void BrokenOff(ILogger logger, string address, string message);
    }
}
