using System.IO.Pipelines;

namespace Stromboli.Operator.Streams.Answers;

/// <summary>Copies a stream to its reader.</summary>
internal static class StreamBody
{
    /// <summary>
    /// Begins the answer, so that the reader sees it before the first byte. Without a length the answer is chunked, and the API server
    /// passes each chunk on at once.
    /// </summary>
    public static async Task BeginAsync(HttpContext http, string mediaType, CancellationToken cancellationToken)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = mediaType;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.StartAsync(cancellationToken);
        await http.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    /// <summary>Copies until the end. What has been read is sent at once, and is read no faster than the reader takes it.</summary>
    /// <exception cref="IOException">The source broke off. A source may also throw an <see cref="OperationCanceledException"/>.</exception>
    /// <exception cref="OperationCanceledException">The reader is gone, or it was cancelled.</exception>
    public static async Task CopyAsync(PipeReader source, HttpContext http, CancellationToken cancellationToken)
    {
        var target = http.Response.BodyWriter;
        while (true)
        {
            var read = await source.ReadAsync(cancellationToken);
            foreach (var part in read.Buffer)
            {
                await target.WriteAsync(part, cancellationToken);
            }

            source.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
