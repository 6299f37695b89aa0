using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Stromboli.Testbed.Commands;

/// <summary>A table that follows one run: redrawn in place on a terminal, one line for each change elsewhere.</summary>
internal sealed class RunTable : IDisposable
{
    private static readonly string[] Columns = ["name", "phase", "reason", "node", "turns", "tokens", "cost", "seconds"];
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly long _begin;
    private readonly bool _redraws = !Console.IsOutputRedirected;
    private string? _last;
    private int _height;

    public RunTable() => _begin = _clock.GetTimestamp();

    /// <summary>Shows the current state of the run.</summary>
    public void Show(JsonNode run)
    {
        var status = run["status"];
        string[] cells =
        [
            Text(run["metadata"]?["name"]),
            Text(status?["phase"]),
            Text(status?["reason"]),
            Text(status?["nodeName"]),
            Text(status?["usage"]?["turns"]),
            Text(status?["usage"]?["totalTokens"]),
            Text(status?["usage"]?["costUSD"]),
        ];
        var state = string.Join('|', cells);
        var seconds = _clock.GetElapsedTime(_begin).TotalSeconds.ToString(_redraws ? "0" : "0.0", CultureInfo.InvariantCulture);
        if (state == _last && !_redraws)
        {
            return;
        }

        if (state + seconds == _last)
        {
            return;
        }

        _last = _redraws ? state + seconds : state;
        if (_redraws)
        {
            Redraw([.. cells, seconds]);
        }
        else
        {
            Console.WriteLine($"{seconds, 6} s  {string.Join("  ", cells.Where(cell => cell != "-"))}");
        }
    }

    public void Dispose()
    {
        if (_redraws)
        {
            Console.Write("\e[?25h");
        }
    }

    private static string Text(JsonNode? node) => node?.ToString() is { Length: > 0 } text ? text : "-";

    private void Redraw(string[] cells)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns(Columns);
        table.AddRow([.. cells.Select(cell => Markup.Escape(cell))]);
        // Moves up over the previous table, with the cursor hidden.
        Console.Write(_height == 0 ? "\e[?25l" : $"\e[{_height}A");
        Terminal.Console.Write(table);
        _height = 5;
    }
}
