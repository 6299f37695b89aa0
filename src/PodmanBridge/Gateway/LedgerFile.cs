using System.Text.Json;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>Reads a ledger's lines back.</summary>
internal static class LedgerFile
{
    /// <summary>The last entry of each request, in the order in which those lines were written. Leaves the file at its end, without the torn line that a kill may have left there.</summary>
    public static IReadOnlyCollection<LedgerEntry> Load(FileStream file)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var entries = new OrderedDictionary<long, LedgerEntry>();
        var rest = bytes.AsSpan();
        for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
        {
            if (Read(rest[..end]) is not { } entry)
                continue;
            entries.Remove(entry.ID);
            entries.Add(entry.ID, entry);
        }

        file.SetLength(bytes.Length - rest.Length);
        file.Seek(0, SeekOrigin.End);
        return entries.Values;
    }

    private static LedgerEntry? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, LedgerJson.Default.LedgerEntry);
        }
        catch (JsonException)
        {
            // A line that this bridge cannot read is of no use to it; the others still count.
            return null;
        }
    }
}
