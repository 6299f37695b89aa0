using System.Net;
using System.Text;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Streams;

/// <summary>The streams of one link. They end with it: the operator that asked for them is the one that leads, or it is gone.</summary>
internal sealed partial class LinkStreams : IAsyncDisposable
{
    private readonly StreamDispatcher _dispatcher;
    private readonly StreamClient _client;
    private readonly Func<CancellationToken, Task<string>> _token;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationToken _ended;
    private int _users = 1;

    internal LinkStreams(StreamDispatcher dispatcher, StreamClient client, Func<CancellationToken, Task<string>> token, ILogger logger)
    {
        (_dispatcher, _client, _token, _logger) = (dispatcher, client, token, logger);
        _ended = _ending.Token;
    }

    /// <summary>Begins a stream. Never waits and never throws.</summary>
    public void Open(OpenStream request)
    {
        if (_dispatcher.TryEnter() is { } place)
        {
            Begin(place, () => ServeAsync(request));
        }
        else if (_dispatcher.TryEnterRefusal() is { } refusal)
        {
            Begin(
                refusal,
                () =>
                    RefuseAsync(
                        request,
                        StatusCodes.Status429TooManyRequests,
                        $"The node serves {NodeLinkProtocol.MaxStreams} readers already, which is all that it can: try again later."
                    )
            );
        }
        else
        {
            Log.NotAnswered(_logger, request.ID);
        }
    }

    /// <summary>Ends all streams. Does not wait for them: a link that follows must not wait for a disk that hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Leave();
    }

    private void Begin(IDisposable place, Func<Task> serveAsync)
    {
        Interlocked.Increment(ref _users);
        _ = Task.Run(
            async () =>
            {
                try
                {
                    await serveAsync();
                }
                finally
                {
                    place.Dispose();
                    Leave();
                }
            },
            CancellationToken.None
        );
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _client.Dispose();
            _ending.Dispose();
        }
    }

    private async Task ServeAsync(OpenStream request)
    {
        try
        {
            await using var content = await _dispatcher.OpenAsync(request.Source, _ended);
            await SendAsync(request, StatusCodes.Status200OK, content.ContentType, content.WriteAsync);
        }
        catch (StreamRefusedException e)
        {
            await RefuseAsync(request, e.Status, e.Message);
        }
        catch (OperationCanceledException) when (_ended.IsCancellationRequested)
        {
            // The link is over.
        }
        catch (Exception e)
        {
            Log.NotOpened(_logger, e, request.Source.GetType().Name, request.ID);
            await RefuseAsync(
                request,
                StatusCodes.Status500InternalServerError,
                "The node could not read what was asked for; the log of its bridge says why."
            );
        }
    }

    private Task RefuseAsync(OpenStream request, int status, string message) =>
        SendAsync(
            request,
            status,
            "text/plain; charset=utf-8",
            async (to, cancellationToken) => await to.WriteAsync(Encoding.UTF8.GetBytes(message), cancellationToken)
        );

    // A stream that is not sent to its end is not the bridge's problem: the reader left, the operator is gone, or the content failed, which
    // the reader sees.
    private async Task SendAsync(OpenStream request, int status, string contentType, Func<Stream, CancellationToken, Task> writeAsync)
    {
        Exception? failure = null;
        try
        {
            var answer = await _client.SendAsync(request.ID, await _token(_ended), status, contentType, WriteAsync, _ended);
            if (answer is < HttpStatusCode.OK or >= HttpStatusCode.MultipleChoices)
            {
                Log.NotWanted(_logger, request.ID, (int)answer);
            }
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // The link is over.
        }
        catch (Exception) when (failure is not null)
        {
            Log.Failed(_logger, failure, request.Source.GetType().Name, request.ID);
        }
        catch (Exception e)
        {
            Log.NotSent(_logger, request.ID, e.GetBaseException().Message);
        }

        async Task WriteAsync(Stream to, CancellationToken cancellationToken)
        {
            try
            {
                await writeAsync(to, cancellationToken);
            }
            catch (Exception e) when (e is not StreamClosedException && !cancellationToken.IsCancellationRequested)
            {
                failure = e;
                throw;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Not answering the request for stream {ID}: too many readers")]
        public static partial void NotAnswered(ILogger logger, string id);

        [LoggerMessage(LogLevel.Error, "The {Source} of stream {ID} could not be opened")]
        public static partial void NotOpened(ILogger logger, Exception exception, string source, string id);

        [LoggerMessage(LogLevel.Error, "The {Source} of stream {ID} failed before its end")]
        public static partial void Failed(ILogger logger, Exception exception, string source, string id);

        [LoggerMessage(LogLevel.Debug, "The operator did not take stream {ID} and answered {Status}")]
        public static partial void NotWanted(ILogger logger, string id, int status);

        [LoggerMessage(LogLevel.Debug, "Stream {ID} ended before it was complete: {Error}")]
        public static partial void NotSent(ILogger logger, string id, string error);
    }
}
