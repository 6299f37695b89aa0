using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

public sealed partial class KubeClient
{
    /// <summary>
    /// Watches a kind. The watch ends when the server ends it (after <see cref="WatchOptions.Timeout"/>, or when the connection closes) and
    /// when certificates change. That is not a failure: watch again from the last version seen. A record cut off by the end is dropped.
    /// </summary>
    /// <exception cref="ApiException">The server refused, sent an error (410: list again), or was silent for too long.</exception>
    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        ResourceType<T> type,
        WatchOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(type);
        options ??= new();
        var request = WatchRequest(type, options);
        var (response, retired) = await _transport.OpenAsync(request, cancellationToken);
        using var answer = response;
        using var silence = new CancellationTokenSource(options.SilenceTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token, retired);
        var pipe = PipeReader.Create(
            await response.Content.ReadAsStreamAsync(linked.Token),
            new StreamPipeReaderOptions(bufferSize: 16 * 1024)
        );
        try
        {
            while (true)
            {
                silence.CancelAfter(options.SilenceTimeout);
                var (buffer, completed) = await ReadAsync(pipe, request, silence, retired, cancellationToken, linked.Token);
                while (TakeRecord(ref buffer, out var record))
                {
                    yield return Parse(record, type, request);
                }

                if (completed)
                {
                    yield break;
                }

                if (buffer.Length > _options.MaxResponseBytes)
                {
                    throw new ApiException(
                        null,
                        ApiException.ResponseTooLarge,
                        $"A record of the watch is larger than {_options.MaxResponseBytes} bytes."
                    );
                }

                pipe.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await pipe.CompleteAsync();
        }
    }

    private static ApiRequest WatchRequest<T>(ResourceType<T> type, WatchOptions options)
        where T : class, IKubernetesObject
    {
        var path = ResourcePath.Query(
            ResourcePath.Collection(type, options.Namespace),
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", options.ResourceVersion),
            ("labelSelector", options.LabelSelector),
            ("fieldSelector", options.FieldSelector),
            ("timeoutSeconds", $"{(int)Math.Max(1, options.Timeout.TotalSeconds)}")
        );
        return new(HttpMethod.Get, path, Labels("watch", type));
    }

    private static async ValueTask<(ReadOnlySequence<byte> Buffer, bool Completed)> ReadAsync(
        PipeReader pipe,
        ApiRequest request,
        CancellationTokenSource silence,
        CancellationToken retired,
        CancellationToken caller,
        CancellationToken any
    )
    {
        try
        {
            var read = await pipe.ReadAsync(any);
            return (read.Buffer, read.IsCompleted);
        }
        catch (OperationCanceledException) when (retired.IsCancellationRequested && !caller.IsCancellationRequested)
        {
            return (ReadOnlySequence<byte>.Empty, true);
        }
        catch (Exception e) when (!caller.IsCancellationRequested && Transport.IsNoAnswer(e))
        {
            throw Transport.NoAnswer(request, e, silence.IsCancellationRequested);
        }
    }

    private static bool TakeRecord(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> record)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            record = default;
            return false;
        }

        record = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static WatchEvent<T> Parse<T>(ReadOnlySequence<byte> record, ResourceType<T> type, ApiRequest request)
        where T : class, IKubernetesObject
    {
        try
        {
            return WatchReader.Read(record, type.Json);
        }
        catch (JsonException e)
        {
            throw new ApiException(
                HttpStatusCode.OK,
                "Unreadable",
                $"{request.Path.Split('?')[0]}: a record of the watch cannot be read: {e.Message}",
                inner: e
            );
        }
    }
}
