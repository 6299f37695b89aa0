using System.Text;

namespace Stromboli.Cli.Output;

/// <summary>Where a command prints: results on the standard output, progress and errors on the standard error.</summary>
internal sealed class Screen : IDisposable
{
    private readonly Stream? _bytes;

    /// <summary>Makes a screen.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, notes and errors.</param>
    /// <param name="bytes">The standard output as bytes; results that are not text go there.</param>
    public Screen(TextWriter output, TextWriter error, Stream? bytes = null)
    {
        Out = output;
        Error = error;
        _bytes = bytes;
    }

    /// <summary>Results.</summary>
    public TextWriter Out { get; }

    /// <summary>Progress, notes and errors.</summary>
    public TextWriter Error { get; }

    /// <summary>Whether the standard output is a terminal.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether the standard error is a terminal.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours may be used where there is a terminal. See https://no-color.org.</summary>
    public bool Colours { get; init; }

    /// <summary>The standard output as bytes.</summary>
    public Stream Bytes => _bytes ?? throw new InvalidOperationException("This screen takes only text.");

    /// <summary>The screen of this process.</summary>
    public static Screen OfProcess()
    {
        var bytes = Console.OpenStandardOutput();
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        return new Screen(
            new StreamWriter(bytes, utf8, bufferSize: 16 * 1024) { AutoFlush = false, NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), utf8) { AutoFlush = true, NewLine = "\n" },
            bytes
        )
        {
            OutIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Colours =
                string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
                && Environment.GetEnvironmentVariable("TERM") is not ("dumb" or "" or null),
        };
    }

    /// <summary>A text in a colour, where the standard output shows colours.</summary>
    public string Paint(Colour colour, string text) => OutIsTerminal && Colours ? Painted(colour, text) : text;

    /// <summary>A text in a colour, where the standard error shows colours.</summary>
    public string PaintError(Colour colour, string text) => ErrorIsTerminal && Colours ? Painted(colour, text) : text;

    /// <summary>Prints a note for the person who waits.</summary>
    public void Note(string line) => Error.WriteLine(line);

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Out.Flush();
        }
        catch (IOException)
        {
            // The reader has left.
        }

        Error.Flush();
    }

    private static string Painted(Colour colour, string text) => colour == Colour.None ? text : $"\e[{(int)colour}m{text}\e[0m";
}

/// <summary>Colours by their SGR number, from the terminal's own palette.</summary>
internal enum Colour
{
    /// <summary>The terminal's own.</summary>
    None = 0,

    /// <summary>For what is less important.</summary>
    Faint = 2,

    /// <summary>For failures.</summary>
    Red = 31,

    /// <summary>For successes.</summary>
    Green = 32,

    /// <summary>For what was stopped or waits.</summary>
    Yellow = 33,

    /// <summary>For what is under way.</summary>
    Cyan = 36,
}
