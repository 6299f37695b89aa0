using System.Diagnostics;
using System.Globalization;

namespace Stromboli.Testbed.Setup;

/// <summary>Progress, a line at a time, each with the time since the beginning.</summary>
public sealed class Progress
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TextWriter _writer;
    private readonly Lock _lock = new();

    /// <summary>Writes to <paramref name="writer"/>; to standard output if that is null.</summary>
    public Progress(TextWriter? writer = null) => _writer = writer ?? Console.Out;

    /// <summary>Tells nothing: for fixtures.</summary>
    public static Progress Silent { get; } = new(TextWriter.Null);

    /// <summary>Writes one line.</summary>
    public void Tell(string line)
    {
        lock (_lock)
        {
            _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{_watch.Elapsed.TotalSeconds,6:0.0} s] {line}"));
            _writer.Flush();
        }
    }
}
