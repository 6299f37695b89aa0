using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Cli.Output;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Streams;

/// <summary>Reads the conversation of a session, page by page.</summary>
internal sealed class SessionHistory(KubeClient client, NamespacedName session)
{
    /// <summary>Messages of a page.</summary>
    public const int PageMessages = 50;

    /// <summary>The pages from a message on.</summary>
    /// <param name="first">The number of the first message.</param>
    /// <param name="most">The most messages; all if null.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async IAsyncEnumerable<JsonObject> ReadAsync(long first, int? most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var offset = first;
        long left = most ?? long.MaxValue;
        while (left > 0)
        {
            var limit = (int)Math.Min(PageMessages, left);
            var page = JsonOutput.ObjectOf(await client.GetRawAsync(StreamPaths.Messages(session, offset, limit), cancellationToken));
            yield return page;
            left -= (page["messages"] as JsonArray)?.Count ?? 0;
            var next = page["continue"] is { } more ? StreamsJson.OffsetOf(more.Deserialize(StreamsJson.Default.JsonElement)) : null;
            if (next is not { } following || following <= offset)
            {
                yield break;
            }

            offset = following;
        }
    }
}
