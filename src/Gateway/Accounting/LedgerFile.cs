using System.Text.Json;

namespace Stromboli.Gateway.Accounting;

/// <summary>Reads a ledger's lines in pieces, so that a file of any length takes little memory.</summary>
internal sealed class LedgerFile
{
    /// <summary>
    /// How many requests may wait for their last line. A run has far fewer open at once; a file has more only if bridges were killed
    /// repeatedly with requests open. A line that comes later counts as a request of its own.
    /// </summary>
    private const int MostAwaited = 256;

    // A line contains at most a model's name, a failure and some numbers.
    private const int PieceSize = 64 * 1024;

    private readonly OrderedDictionary<long, LedgerEntry> _awaited = [];

    private LedgerFile() { }

    /// <summary>The sums of the file's requests, none of which is open any more.</summary>
    public LedgerSums Sums { get; private set; } = new();

    /// <summary>The number of the last request; 0 if there was none.</summary>
    public long LastID { get; private set; }

    /// <summary>For how many milliseconds in total at least one request was open.</summary>
    public long OpenMs { get; private set; }

    /// <summary>Reads a file, drops an incomplete last line, and leaves the position at the end.</summary>
    public static LedgerFile Load(FileStream file)
    {
        var loaded = new LedgerFile();
        var piece = new byte[PieceSize];
        var (held, whole, skipping) = (0, 0L, false);
        for (int read; (read = file.Read(piece, held, piece.Length - held)) > 0; )
        {
            held += read;
            var rest = piece.AsSpan(0, held);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                if (!skipping)
                {
                    loaded.Read(rest[..end]);
                }

                skipping = false;
                whole = file.Position - rest.Length + end + 1;
            }

            held = rest.Length;
            rest.CopyTo(piece);
            if (held == piece.Length)
            {
                (held, skipping) = (0, true);
            }
        }

        file.SetLength(whole);
        file.Seek(0, SeekOrigin.End);
        loaded.FoldAll();
        return loaded;
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        try
        {
            if (line.StartsWith("{\"id\":"u8))
            {
                Take(JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry));
            }
            else
            {
                Take(JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerLine));
            }
        }
        catch (JsonException)
        {
            // A line that this version cannot read is skipped; the others still count.
        }
    }

    private void Take(LedgerEntry? entry)
    {
        if (entry is null)
        {
            return;
        }

        _awaited.Remove(entry.ID);
        _awaited.Add(entry.ID, entry);
        (LastID, OpenMs) = (Math.Max(LastID, entry.ID), Math.Max(OpenMs, entry.OpenMs));
        if (entry.Answered)
        {
            Sums.LastFailure = entry.Failure;
        }

        if (entry.Over)
        {
            Fold(_awaited.Count - 1);
        }
        else if (_awaited.Count > MostAwaited)
        {
            Fold(0);
        }
    }

    private void Take(LedgerLine? line)
    {
        if (line?.Snapshot is { } snapshot)
        {
            (Sums, LastID, OpenMs) = (LedgerSums.Of(snapshot), snapshot.LastID, snapshot.OpenMs);
        }

        if (line?.Refusal is { } refusal)
        {
            Sums.LastFailure = refusal;
        }
    }

    private void FoldAll()
    {
        while (_awaited.Count > 0)
        {
            Fold(0);
        }
    }

    private void Fold(int index)
    {
        var (_, entry) = _awaited.GetAt(index);
        _awaited.RemoveAt(index);
        Sums.Add(entry);
    }
}
