using System.Diagnostics.Metrics;

namespace Stromboli.Testing;

/// <summary>The instruments of some meters that exist or are made while this lives, and what they measure.</summary>
public sealed class SeenInstruments : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Instrument> _byName = [];
    private readonly HashSet<string> _series = [];
    private readonly Dictionary<string, double> _sums = [];

    /// <param name="isWanted">The meters to listen to.</param>
    public SeenInstruments(Func<Meter, bool> isWanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (isWanted(instrument.Meter))
            {
                lock (_lock)
                {
                    _byName[instrument.Name] = instrument;
                }

                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All instruments.</summary>
    public IReadOnlyCollection<Instrument> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _byName.Values];
            }
        }
    }

    /// <summary>The series of an instrument: its labels as <c>name=value</c>, sorted, with commas.</summary>
    public IReadOnlyList<string> SeriesOf(string instrument)
    {
        lock (_lock)
        {
            return [.. _series.Where(s => s.StartsWith($"{instrument}{{", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The sum of what was added to a series, such as <c>stromboli.tokens{model=other,type=input}</c>.</summary>
    public double SumOf(string series)
    {
        lock (_lock)
        {
            return _sums.GetValueOrDefault(series);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        List<string> labels = [];
        foreach (var (name, label) in tags)
        {
            labels.Add($"{name}={label}");
        }

        var series = $"{instrument.Name}{{{string.Join(",", labels.Order(StringComparer.Ordinal))}}}";
        lock (_lock)
        {
            _series.Add(series);
            _sums[series] = _sums.GetValueOrDefault(series) + value;
        }
    }
}
