using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// The operator's counters as Prometheus reads them (text format 0.0.4): <c>stromboli.node.reports.dropped</c> becomes <c>stromboli_node_reports_dropped_total</c>. It counts
/// from when it is made, instruments of whole numbers that are added to. Safe for use by several threads.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // No tag has values that others choose; a page that grows without a bound would be found too late all the same.
    private const int MostSeries = 1000;

    private readonly Lock _lock = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, Instrument> _instruments = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Name, string Labels), long> _sums = [];

    /// <summary>Listens to the meters that this factory makes.</summary>
    public MetricsPage(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope != meters || instrument is not (Counter<long> or UpDownCounter<long>) || !instrument.Name.StartsWith("stromboli.", StringComparison.Ordinal))
                return;
            lock (_lock)
                _instruments[NameOf(instrument)] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Add);
        _listener.Start();
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var page = new StringBuilder();
        lock (_lock)
        {
            foreach (var (name, instrument) in _instruments)
            {
                page.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {(instrument is Counter<long> ? "counter" : "gauge")}\n");
                // What was never counted is 0: nobody can be alerted of the first change of a series that is missing.
                foreach (var (labels, sum) in _sums.Where(series => series.Key.Name == name).Select(series => (series.Key.Labels, series.Value)).DefaultIfEmpty(("", 0)))
                    page.Append(CultureInfo.InvariantCulture, $"{name}{labels} {sum}\n");
            }
        }

        return page.ToString();
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var key = (NameOf(instrument), LabelsOf(tags));
        lock (_lock)
        {
            if (_sums.TryGetValue(key, out var sum) || _sums.Count < MostSeries)
                _sums[key] = sum + value;
        }
    }

    private static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_') + (instrument is Counter<long> ? "_total" : "");

    private static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var labels = new List<string>();
        foreach (var (name, value) in tags)
            labels.Add($"{name.Replace('.', '_')}=\"{Escaped($"{value}")}\"");
        return $"{{{string.Join(',', labels)}}}";
    }

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
