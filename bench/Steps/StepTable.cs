using System.Globalization;
using Spectre.Console;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;

namespace Stromboli.Bench.Steps;

/// <summary>Puts the spans of several runs side by side.</summary>
internal static class StepTable
{
    /// <summary>The steps that most runs have between the create and the agent's start, in the order in which they begin.</summary>
    /// <param name="runs">Runs one after another, so that each moment belongs to one of them.</param>
    /// <param name="spans">Spans in the order of their start.</param>
    public static IReadOnlyList<Step> Of(IReadOnlyCollection<BenchRun> runs, IReadOnlyCollection<Span> spans)
    {
        var places = new Dictionary<(string Process, string Name, int Occurrence), (Samples At, Samples Takes)>();
        foreach (var run in runs)
        {
            var counts = new Dictionary<(string, string), int>();
            foreach (
                var span in spans.Where(span => span.Start >= run.Created.UtcDateTime && span.Start <= run.Log.Started!.Value.UtcDateTime)
            )
            {
                var occurrence = counts[(span.Process, span.Name)] = counts.GetValueOrDefault((span.Process, span.Name)) + 1;
                if (!places.TryGetValue((span.Process, span.Name, occurrence), out var place))
                {
                    places[(span.Process, span.Name, occurrence)] = place = (new Samples(), new Samples());
                }

                place.At.Add((span.Start - run.Created.UtcDateTime).TotalMilliseconds);
                place.Takes.Add(span.Duration.TotalMilliseconds);
            }
        }

        var end = new Samples();
        foreach (var run in runs)
        {
            end.Add((run.Log.Started!.Value - run.Created).TotalMilliseconds);
        }

        return
        [
            .. places
                .Where(place => place.Value.At.Count > runs.Count / 2)
                .Select(place => new Step(place.Key.Process, place.Key.Name, place.Value.At.Median, place.Value.Takes.Median))
                .OrderBy(step => step.At),
            new Step("shim", "its record that the agent runs", end.Median, 0),
        ];
    }

    /// <summary>Prints them.</summary>
    public static void Print(IEnumerable<Step> steps)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("step of a cold start", "in", "at", "takes");
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var step in steps)
        {
            table.AddRow(Markup.Escape(step.Name), step.Process, Milliseconds(step.At), step.Takes > 0.05 ? Milliseconds(step.Takes) : "");
        }

        PlainConsole.Out.Write(table);
    }

    private static string Milliseconds(double value) => value.ToString("0.0 ms", CultureInfo.InvariantCulture);
}
