using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Identity;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Serves readers on the leader: checks the user's rights, finds the node, and copies what its bridge sends.</summary>
internal sealed partial class LeaderStreams(
    AccessReviewer access,
    LocationFinder locations,
    NodeStreams streams,
    ILogger<LeaderStreams> logger
)
{
    // The sentence of a bridge. More than that is not a sentence.
    private const int MaxErrorBytes = 2048;

    /// <summary>Serves one reader.</summary>
    /// <exception cref="StatusException">There is nothing to read, or not now.</exception>
    /// <exception cref="OperationCanceledException">The reader is gone, or this process stops.</exception>
    public async Task ServeAsync(HttpContext http, UserIdentity user, StreamRoute route, CancellationToken cancellationToken)
    {
        await access.DemandAsync(user, route, cancellationToken);
        var query = StreamQuery.Read(route.Resource, http.Request.Query);
        var location = await locations.FindAsync(route, query, cancellationToken);
        try
        {
            using var stream = await streams.OpenAsync(location.Node, StreamSources.Of(route, query, location), cancellationToken);
            await SendAsync(http, stream, cancellationToken);
        }
        catch (NodeStreamException e)
        {
            throw StatusException.OfNode(e.Status, e.Message);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            Log.BrokenOff(logger, location.Node, route.Resource.FullName, route.Key.Namespace, route.Key.Name);
            if (!http.Response.HasStarted)
            {
                throw StatusException.Unavailable($"Node {location.Node} broke the answer off; try again.");
            }

            // A clean end would tell the reader that this was everything.
            http.Abort();
        }
    }

    private static async Task SendAsync(HttpContext http, NodeStream stream, CancellationToken cancellationToken)
    {
        if (stream.Status != StatusCodes.Status200OK)
        {
            var message = await SentenceAsync(stream.Body, cancellationToken);
            stream.Finish();
            throw StatusException.OfNode(stream.Status, message);
        }

        await StreamBody.BeginAsync(http, MediaTypes.Of(stream.MediaType), cancellationToken);
        await StreamBody.CopyAsync(stream.Body, http, cancellationToken);
        stream.Finish();
    }

    private static async Task<string> SentenceAsync(PipeReader body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            if (!read.IsCompleted && read.Buffer.Length < MaxErrorBytes)
            {
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                continue;
            }

            var bytes = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, MaxErrorBytes)).ToArray();
            body.AdvanceTo(read.Buffer.End);
            var text = PlainText.Of(Encoding.UTF8.GetString(bytes).Trim(), ' ');
            return text.Length > 0 ? text : "The node gave no reason.";
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Node {Node} broke off {Resource} of {Namespace}/{Name}")]
        public static partial void BrokenOff(ILogger logger, string node, string resource, string @namespace, string name);
    }
}
