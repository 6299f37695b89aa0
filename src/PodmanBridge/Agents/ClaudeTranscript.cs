using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Everything that the CLI wrote, if that is the result: either the lines as they came (<c>outputFormat: stream-json</c>), or one JSON list
/// of them. The CLI itself makes such a list for <c>--output-format json --verbose</c>.
/// </summary>
internal sealed class ClaudeTranscript(int statusBytes, bool asList) : IDisposable
{
    private readonly ResultText _text = new(statusBytes);
    private bool _inLine;
    private bool _any;
    private bool _ended;

    /// <summary>The transcript that the options ask for; null if the result is something else.</summary>
    public static ClaudeTranscript? For(ClaudeOptions options, int statusBytes) =>
        options switch
        {
            { OutputFormat: ClaudeChoices.StreamJson } => new(statusBytes, asList: false),
            { OutputFormat: ClaudeChoices.Json, Verbose: true } => new(statusBytes, asList: true),
            _ => null,
        };

    /// <summary>Adds a piece of a line.</summary>
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

    /// <summary>The whole text. Nothing may be added after this.</summary>
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
