using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>
/// Where messages begin in a transcript, as far as it was read: of every message in a short transcript, of every second, fourth and so on in
/// a longer one, so that its size has a bound.
/// </summary>
/// <param name="file">The transcript.</param>
internal sealed class TranscriptIndex(FileIdentity file)
{
    /// <summary>The most offsets that are kept.</summary>
    public const int MostOffsets = 4096;

    private readonly List<long> _offsets = [];
    private int _stride = 1;

    /// <summary>The file.</summary>
    public FileIdentity File => file;

    /// <summary>How many bytes were read, all of them complete lines.</summary>
    public long Scanned { get; private set; }

    /// <summary>How many messages they have.</summary>
    public long Messages { get; private set; }

    /// <summary>Adds a line.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="next">Where the next one begins.</param>
    /// <param name="isMessage">Whether it takes the place of a message.</param>
    public void Add(long offset, long next, bool isMessage)
    {
        Scanned = next;
        if (!isMessage)
        {
            return;
        }

        if (Messages % _stride == 0)
        {
            _offsets.Add(offset);
        }

        Messages++;
        if (_offsets.Count > MostOffsets)
        {
            var kept = _offsets.Where((_, i) => i % 2 == 0).ToList();
            _offsets.Clear();
            _offsets.AddRange(kept);
            _stride *= 2;
        }
    }

    /// <summary>The nearest message whose place is known, at or before a message that was read.</summary>
    public (long Message, long Offset) Nearest(long message)
    {
        var at = (int)(message / _stride);
        return ((long)at * _stride, _offsets[at]);
    }
}
