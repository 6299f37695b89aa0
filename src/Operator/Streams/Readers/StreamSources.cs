using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Makes the message for a node out of a request; pure.</summary>
internal static class StreamSources
{
    /// <summary>What the node is to send.</summary>
    public static StreamSource Of(StreamRoute route, StreamQuery query, StreamLocation location) =>
        query switch
        {
            LogQuery log => new LogSource
            {
                RunUID = location.UID,
                Attempt = location.Attempt,
                Follow = log.Follow,
                TailLines = log.TailLines,
                SinceSeconds = log.SinceSeconds,
                Offset = log.Offset,
                Format = log.Format,
            },
            FilesQuery files => new FilesSource
            {
                RunUID = IsRun(route) ? location.UID : null,
                SessionUID = IsRun(route) ? null : location.UID,
                Path = files.Path,
                Offset = files.Offset,
                Limit = files.Limit,
            },
            MessagesQuery messages => new MessagesSource
            {
                SessionUID = location.UID,
                Offset = messages.Offset,
                Limit = messages.Limit,
            },
            _ => new DiffSource { RunUID = location.UID },
        };

    private static bool IsRun(StreamRoute route) => route.Resource.Resource == "agentruns";
}
