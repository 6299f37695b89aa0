using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Everything that the CLI told, where that is the result: the lines as they came (<c>outputFormat: stream-json</c>), or as one JSON list
/// of them, which is what the CLI itself makes of <c>--output-format json --verbose</c>.
/// </summary>
internal sealed class ClaudeTranscript(int statusBytes, bool asList) : IDisposable
{
    private readonly ResultText _text = new(statusBytes);
    private bool _inLine;
    private bool _any;
    private bool _ended;

    /// <summary>The transcript that the options ask for; null when the result is another.</summary>
    public static ClaudeTranscript? For(ClaudeOptions options, int statusBytes) =>
        options switch
        {
            { OutputFormat: ClaudeChoices.StreamJson } => new(statusBytes, asList: false),
            { OutputFormat: ClaudeChoices.Json, Verbose: true } => new(statusBytes, asList: true),
            _ => null,
        };

    /// <summary>Takes a piece of a line.</summary>
    public void Append(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (asList && !_inLine && !piece.IsEmpty)
        {
            _text.Append(_any ? ","u8 : "["u8);
        }

        _inLine = !endOfLine && (_inLine || !piece.IsEmpty);
        _any |= !piece.IsEmpty;
        _text.Append(piece);
        if (endOfLine && !asList)
        {
            _text.Append("\n"u8);
        }
    }

    /// <summary>The text; nothing more comes.</summary>
    public RunResult ToResult()
    {
        if (asList && !_ended)
        {
            _text.Append(_any ? "]"u8 : "[]"u8);
        }

        _ended = true;
        return _text.ToResult();
    }

    /// <inheritdoc/>
    public void Dispose() => _text.Dispose();
}
