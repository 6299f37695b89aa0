using System.Text.Json;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>A shim's stdout as conmon would have logged it.</summary>
internal sealed class Log(IReadOnlyList<LogLine> lines)
{
    public IReadOnlyList<LogLine> Lines { get; } = lines;

    public byte[] Stdout => Join('o', 'O');

    public byte[] Stderr => Join('e', 'E');

    public byte[] Hooks => Join('h', 'H');

    public IReadOnlyList<JsonElement> Records => [.. Lines.Where(l => l.Kind == 'r').Select(l => JsonDocument.Parse(l.Bytes).RootElement)];

    public JsonElement Last => Records[^1];

    public static Log Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = new List<LogLine>();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            Assert.True(end > 0, "the log ends in the middle of a line, or has an empty one");
            Assert.Contains((char)bytes[0], "oOeEhHr");
            lines.Add(new LogLine((char)bytes[0], bytes[1..end].ToArray()));
            bytes = bytes[(end + 1)..];
        }

        return new Log(lines);
    }

    public IEnumerable<JsonElement> RecordsOf(string type) =>
        Records.Where(r => string.Equals(r.GetProperty("t").GetString(), type, StringComparison.Ordinal));

    private byte[] Join(char whole, char piece)
    {
        using var all = new MemoryStream();
        foreach (var line in Lines.Where(l => l.Kind == whole || l.Kind == piece))
        {
            all.Write(line.Bytes);
            if (line.Kind == whole)
            {
                all.WriteByte((byte)'\n');
            }
        }

        return all.ToArray();
    }
}
