using System.Globalization;
using Spectre.Console;

namespace Stromboli.Bench.Figures;

/// <summary>The figures as a table for people.</summary>
internal static class FigureTable
{
    /// <summary>Prints them.</summary>
    public static void Print(IEnumerable<Figure> figures)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("figure", "value", "baseline", "ratio", "aim", "");
        foreach (var column in table.Columns.Skip(1))
        {
            column.RightAligned().NoWrap();
        }

        table.Columns[0].NoWrap();
        foreach (var figure in figures)
        {
            table.AddRow(
                Markup.Escape(figure.Name),
                $"{Number(figure.Value)} {figure.Unit}",
                figure.Baseline is { } baseline ? $"{Number(baseline)} {figure.Unit}" : "",
                figure.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : "",
                (figure.Aim, figure.AtLeast) switch
                {
                    ({ } aim, _) => $"≤ {Number(aim)}",
                    (_, { } least) => $"≥ {Number(least)}",
                    _ => "",
                },
                figure.Met switch
                {
                    true => "[green]met[/]",
                    false => "[red]missed[/]",
                    null => "",
                }
            );
        }

        PlainConsole.Out.Write(table);
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
