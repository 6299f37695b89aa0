using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stromboli.PodmanBridge.Files;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>
/// Pages of transcripts. What was read of a transcript is remembered as an index, so that a page of a long one is found at once. The CLI
/// only appends, so a message keeps its number while a run writes.
/// </summary>
internal sealed class TranscriptPages : IDisposable
{
    /// <summary>The most messages of a page.</summary>
    public const int MostMessages = 500;

    /// <summary>A page ends with the message that makes it longer than this.</summary>
    private const int PageBytes = 4 * 1024 * 1024;

    private const int MostIndexes = 64;
    private const int MostAtOnce = 4;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SemaphoreSlim _places = new(MostAtOnce);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (SemaphoreSlim Turn, TranscriptIndex? Index, long Used)> _indexes = [];
    private long _uses;

    /// <summary>Makes a page of the transcript that a tree has open.</summary>
    /// <param name="session">The session, whose transcript is remembered.</param>
    /// <param name="conversation">The conversation's id.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="facts">The transcript.</param>
    /// <param name="offset">The number of the first message.</param>
    /// <param name="limit">The most messages.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="FileTreeException">The transcript cannot be read.</exception>
    public async Task<ReadOnlyMemory<byte>> MakeAsync(
        string session,
        string conversation,
        FileTree tree,
        FileFacts facts,
        long offset,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var turn = TurnOf(session);
        await turn.WaitAsync(cancellationToken);
        try
        {
            await _places.WaitAsync(cancellationToken);
            try
            {
                var index = await IndexAsync(session, tree, facts, cancellationToken);
                await ReadOnAsync(index, tree, facts.Size, offset + limit + 1, cancellationToken);
                Remember(session, index);
                return await WriteAsync(index, conversation, tree, facts.Size, offset, limit, cancellationToken);
            }
            finally
            {
                _places.Release();
            }
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _places.Dispose();

    private SemaphoreSlim TurnOf(string session)
    {
        lock (_lock)
        {
            if (_indexes.TryGetValue(session, out var known))
            {
                return known.Turn;
            }

            if (_indexes.Count >= MostIndexes)
            {
                _indexes.Remove(_indexes.MinBy(entry => entry.Value.Used).Key);
            }

            var turn = new SemaphoreSlim(1);
            _indexes[session] = (turn, null, ++_uses);
            return turn;
        }
    }

    private void Remember(string session, TranscriptIndex index)
    {
        lock (_lock)
        {
            if (_indexes.TryGetValue(session, out var known))
            {
                _indexes[session] = (known.Turn, index, ++_uses);
            }
        }
    }

    // The index of another file, or of one that is shorter now or has no line's end where there was one, is worth nothing.
    private async Task<TranscriptIndex> IndexAsync(string session, FileTree tree, FileFacts facts, CancellationToken cancellationToken)
    {
        TranscriptIndex? index;
        lock (_lock)
        {
            index = _indexes.GetValueOrDefault(session).Index;
        }

        if (index is null || index.File != facts.Identity || index.Scanned > facts.Size)
        {
            return new TranscriptIndex(facts.Identity);
        }

        var last = new byte[1];
        return index.Scanned == 0 || (await tree.ReadAsync(index.Scanned - 1, last, cancellationToken) == 1 && last[0] == (byte)'\n')
            ? index
            : new TranscriptIndex(facts.Identity);
    }

    private static async Task ReadOnAsync(
        TranscriptIndex index,
        FileTree tree,
        long end,
        long messages,
        CancellationToken cancellationToken
    )
    {
        using var lines = new TranscriptLines(tree.ReadAsync, index.Scanned, end);
        while (index.Messages < messages && await lines.MoveAsync(cancellationToken))
        {
            index.Add(lines.Offset, lines.Next, KindOf(lines) != LineKind.Other);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> WriteAsync(
        TranscriptIndex index,
        string conversation,
        FileTree tree,
        long end,
        long offset,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Readable);
        json.WriteStartObject();
        json.WriteString("conversation", conversation);
        json.WriteStartArray("messages");
        var next = offset;
        if (offset < index.Messages)
        {
            var (number, start) = index.Nearest(offset);
            using var lines = new TranscriptLines(tree.ReadAsync, start, end);
            while (next < offset + limit && json.BytesCommitted + json.BytesPending < PageBytes && await lines.MoveAsync(cancellationToken))
            {
                var kind = KindOf(lines);
                if (kind == LineKind.Other || number++ < offset)
                {
                    continue;
                }

                MessageOf(kind, lines).WriteTo(json, next++);
            }
        }

        json.WriteEndArray();
        if (next > offset && next < index.Messages)
        {
            json.WriteNumber("continue", next);
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static LineKind KindOf(TranscriptLines lines) =>
        lines.IsTooLong ? LineKind.Unreadable : TranscriptLine.Classify(lines.Line.Span);

    private static TranscriptMessage MessageOf(LineKind kind, TranscriptLines lines) =>
        lines.IsTooLong ? TranscriptMessage.Unreadable($"it has {lines.Length} bytes, and {TranscriptLines.LongestLine} are read")
        : kind == LineKind.Unreadable
            ? TranscriptMessage.Unreadable($"it is no JSON object, or nested deeper than {TranscriptLine.MaxDepth}")
        : TranscriptMessage.Read(lines.Line);
}
