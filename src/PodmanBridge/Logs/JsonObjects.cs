using System.Text.Json;
using System.Text.Unicode;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>Decides which lines are JSON objects.</summary>
internal sealed class JsonObjects
{
    private const int DeepestNesting = 128;

    // The reader of System.Text.Json reports bad input by exceptions, which take time. Who writes that many lines that only begin and end
    // like JSON does not write JSON.
    private const int MostFailures = 1000;

    private int _failures;

    /// <summary>Whether a line is one JSON object, and valid UTF-8.</summary>
    public bool IsObject(ReadOnlySpan<byte> line)
    {
        if (!LooksLikeObject(line) || _failures >= MostFailures || !Utf8.IsValid(line))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = DeepestNesting });
            while (reader.Read())
            {
                // Up to the end.
            }

            return true;
        }
        catch (JsonException)
        {
            _failures++;
            return false;
        }
    }

    /// <summary>Parses a line.</summary>
    /// <returns>The document, which the caller disposes; null if the line is not a JSON object.</returns>
    public JsonDocument? Parse(ReadOnlyMemory<byte> line)
    {
        if (!LooksLikeObject(line.Span) || _failures >= MostFailures || !Utf8.IsValid(line.Span))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = DeepestNesting });
        }
        catch (JsonException)
        {
            _failures++;
            return null;
        }
    }

    private static bool LooksLikeObject(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        return line is [(byte)'{', .., (byte)'}'] && line[1..].TrimStart(" \t\r"u8)[0] is (byte)'"' or (byte)'}';
    }
}
