using System.Diagnostics;
using System.Globalization;

namespace Stromboli.Testbed.Setup;

/// <summary>
/// Reports progress line by line, each line with the time since the start. While steps are under way, at least one line appears every five
/// seconds: without other news, how far the steps are.
/// </summary>
public sealed class Progress : IDisposable
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(4);

    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly TextWriter _writer;
    private readonly Lock _lock = new();
    private readonly List<Step> _steps = [];
    private readonly Timer _timer;
    private TimeSpan _told;

    /// <summary>Writes to <paramref name="writer"/>; to standard output if that is null.</summary>
    public Progress(TextWriter? writer = null)
    {
        _writer = writer ?? Console.Out;
        _timer = new Timer(_ => TellSteps(), state: null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Reports nothing, for fixtures.</summary>
    public static Progress Silent { get; } = new(TextWriter.Null);

    /// <summary>Writes one line.</summary>
    public void Tell(string line)
    {
        lock (_lock)
        {
            Write(line);
        }
    }

    /// <summary>Begins a step, which is under way until it is disposed.</summary>
    /// <param name="name">The step's name, which is printed before a colon.</param>
    public Step Begin(string name)
    {
        var step = new Step(this, name, _watch.Elapsed);
        lock (_lock)
        {
            _steps.Add(step);
        }

        return step;
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void TellSteps()
    {
        lock (_lock)
        {
            if (_steps.Count > 0 && _watch.Elapsed - _told >= Silence)
            {
                Write(string.Join("; ", _steps.Select(step => step.At(_watch.Elapsed))));
            }
        }
    }

    private void Write(string line)
    {
        _told = _watch.Elapsed;
        _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{_told.TotalSeconds, 6:0.0} s] {line}"));
        _writer.Flush();
    }

    /// <summary>A step under way.</summary>
    public sealed class Step : IDisposable
    {
        private readonly Progress _progress;
        private readonly string _name;
        private readonly TimeSpan _begin;
        private volatile string _state = "";

        internal Step(Progress progress, string name, TimeSpan begin)
        {
            _progress = progress;
            _name = name;
            _begin = begin;
        }

        /// <summary>Notes how far it is, such as <c>12 of 30 packages installed</c>. Printed with the step's next line.</summary>
        public void Reached(string state) => _state = state;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (_progress._lock)
            {
                _progress._steps.Remove(this);
            }
        }

        internal string At(TimeSpan now) =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_name}: {(_state.Length > 0 ? $"{_state}, " : "")}{(now - _begin).TotalSeconds:0} s"
            );
    }
}
