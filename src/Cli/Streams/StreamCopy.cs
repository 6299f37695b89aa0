using System.Net;
using Stromboli.Cli.Output;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Streams;

/// <summary>Copies an answer as it comes.</summary>
internal static class StreamCopy
{
    private const int BufferBytes = 32 * 1024;

    // kube-apiserver's words for a path that no API has, as against an object that is not there.
    private const string NoSuchPath = "the server could not find the requested resource";

    /// <summary>Opens a path and hands its bytes on until the answer ends.</summary>
    /// <param name="client">The client.</param>
    /// <param name="path">The path, with its query.</param>
    /// <param name="sink">Takes the bytes.</param>
    /// <param name="received">Told of the bytes that the sink has taken.</param>
    /// <param name="cancellationToken">Ends the copy.</param>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="IOException">The answer broke off, or nobody reads what is printed (<see cref="OutputClosedException"/>).</exception>
    public static async Task CopyAsync(
        KubeClient client,
        string path,
        IByteSink sink,
        Action<int> received,
        CancellationToken cancellationToken
    )
    {
        await using var answer = await OpenAsync(client, path, cancellationToken);
        var buffer = new byte[BufferBytes];
        while (await answer.ReadAsync(buffer, cancellationToken) is > 0 and var count)
        {
            try
            {
                sink.Write(buffer.AsSpan(0, count));
            }
            catch (IOException e)
            {
                throw new OutputClosedException(e);
            }

            received(count);
        }
    }

    /// <summary>Opens a path of the streams API.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="CliException">The cluster has no such API.</exception>
    public static async Task<RawAnswer> OpenAsync(KubeClient client, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await client.OpenRawAsync(path, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound && ErrorText.MessageOf(e) == NoSuchPath)
        {
            throw new CliException(
                "the cluster does not serve streams.stromboli.dev: its operator is older than this program, or the APIService is missing",
                inner: e
            );
        }
    }

    /// <summary>Whether asking again may help: the connection broke, or the server or the node is away for now.</summary>
    public static bool IsPassing(Exception failure) =>
        failure switch
        {
            OutputClosedException => false,
            IOException or HttpRequestException => true,
            ApiException api => api.IsTransient && api.StatusCode != HttpStatusCode.NotImplemented,
            _ => false,
        };
}

/// <summary>Whoever read the output of this program has left, or it cannot be stored.</summary>
internal sealed class OutputClosedException(IOException inner) : IOException(inner.Message, inner);
