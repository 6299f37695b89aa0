using System.Text;

namespace Stromboli.Cli.Output;

/// <summary>A table as kubectl prints it: columns aligned by spaces, no lines.</summary>
internal sealed class Table(params IReadOnlyList<string> headers)
{
    private const int Gap = 3;
    private readonly List<Cell[]> _rows = [];
    private int[]? _widths;

    /// <summary>How many rows it has.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    public void Add(params Cell[] cells) => _rows.Add(cells);

    /// <summary>Prints headers and rows.</summary>
    /// <param name="screen">Where to.</param>
    /// <param name="indent">What stands before each line.</param>
    public void Print(Screen screen, string indent = "")
    {
        _widths = [.. headers.Select((header, i) => _rows.Select(row => row[i].Text.Length).Append(header.Length).Max())];
        screen.Out.WriteLine(indent + Line(screen, [.. headers.Select(header => new Cell(header))]));
        foreach (var row in _rows)
        {
            screen.Out.WriteLine(indent + Line(screen, row));
        }
    }

    /// <summary>Prints one more row below a printed table. A cell that is wider than its column moves the others.</summary>
    public void PrintRow(Screen screen, params Cell[] cells) => screen.Out.WriteLine(Line(screen, cells));

    private string Line(Screen screen, Cell[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            line.Append(screen.Paint(cells[i].Colour, cells[i].Text));
            if (i < cells.Length - 1)
            {
                line.Append(' ', Math.Max(1, (_widths?[i] ?? headers[i].Length) - cells[i].Text.Length + Gap));
            }
        }

        return line.ToString().TrimEnd();
    }
}

/// <summary>A cell of a table, made safe for a terminal.</summary>
internal readonly record struct Cell
{
    /// <summary>Makes a cell.</summary>
    public Cell(string? text, Colour colour = Colour.None)
    {
        Text = SafeText.Line(text) is { Length: > 0 } line ? line : "-";
        Colour = colour;
    }

    /// <summary>The text on one line; <c>-</c> if there is none.</summary>
    public string Text { get; }

    /// <summary>Its colour.</summary>
    public Colour Colour { get; }

    /// <summary>A cell without a colour.</summary>
    public static implicit operator Cell(string? text) => new(text);
}
