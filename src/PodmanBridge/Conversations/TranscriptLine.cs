using System.Text.Json;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>
/// Tells which lines of the CLI's transcript are messages. Seen in 2.1.329: a line is a JSON object. <c>type</c> is <c>user</c> or
/// <c>assistant</c> for messages, and <c>attachment</c>, <c>queue-operation</c>, <c>api-request</c> and others for what is not shown. An
/// answer of the model has one line for each of its blocks. Pure.
/// </summary>
internal static class TranscriptLine
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int MaxDepth = 64;

    /// <summary>What a line is. It depends on nothing but the line, so a message keeps its number.</summary>
    public static LineKind Classify(ReadOnlySpan<byte> line)
    {
        if (line.Trim(" \t\r"u8).IsEmpty)
        {
            return LineKind.Other;
        }

        try
        {
            var reader = new Utf8JsonReader(line, new JsonReaderOptions { MaxDepth = MaxDepth });
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? ClassifyObject(ref reader) : LineKind.Unreadable;
        }
        catch (JsonException)
        {
            return LineKind.Unreadable;
        }
    }

    private static LineKind ClassifyObject(ref Utf8JsonReader reader)
    {
        var (isMessage, isShown, isHidden) = (false, false, false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                isMessage =
                    reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("user"u8) || reader.ValueTextEquals("assistant"u8));
            }
            else if (reader.ValueTextEquals("isSidechain"u8) || reader.ValueTextEquals("isMeta"u8))
            {
                reader.Read();
                isHidden |= reader.TokenType == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                reader.Read();
                isShown = reader.TokenType == JsonTokenType.StartObject && HasContent(ref reader);
            }

            reader.Skip();
        }

        // Throws if anything follows the object.
        reader.Read();
        return isMessage && isShown && !isHidden ? LineKind.Message : LineKind.Other;
    }

    // Ends at the end of the object.
    private static bool HasContent(ref Utf8JsonReader reader)
    {
        var has = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isContent)
            {
                has =
                    reader.TokenType == JsonTokenType.String || (reader.TokenType == JsonTokenType.StartArray && HasShownBlock(ref reader));
            }

            reader.Skip();
        }

        return has;
    }

    // Ends at the end of the list.
    private static bool HasShownBlock(ref Utf8JsonReader reader)
    {
        var has = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                has |= IsShownBlock(ref reader);
            }

            reader.Skip();
        }

        return has;
    }

    // Ends at the end of the object.
    private static bool IsShownBlock(ref Utf8JsonReader reader)
    {
        var isShown = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType)
            {
                isShown =
                    reader.TokenType == JsonTokenType.String
                    && !reader.ValueTextEquals("thinking"u8)
                    && !reader.ValueTextEquals("redacted_thinking"u8);
            }

            reader.Skip();
        }

        return isShown;
    }
}

/// <summary>What a line of a transcript is.</summary>
internal enum LineKind
{
    /// <summary>Nothing that is shown.</summary>
    Other,

    /// <summary>A message.</summary>
    Message,

    /// <summary>No JSON object, or one that is nested too deep or too long. It takes the place of a message, and a sentence says why.</summary>
    Unreadable,
}
