using Spectre.Console;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Commands;

/// <summary><c>status</c>: shows which parts of the stack in <c>.local</c> run.</summary>
internal static class StatusCommand
{
    /// <summary>Prints the table.</summary>
    /// <returns>0 if everything that was started runs, 3 if not.</returns>
    public static int Run()
    {
        Prerequisites.Check();
        var home = StackHome.At(UpSettings.Folder);
        var rows = Directory
            .EnumerateFiles(home.State, "*.process")
            .Order(StringComparer.Ordinal)
            .Select(path => (Name: Path.GetFileNameWithoutExtension(path), Identity: ProcessIdentity.Load(path)))
            .ToList();
        if (rows.Count == 0)
        {
            Console.WriteLine("Nothing is up.");
            return 0;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("process", "state", "pid", "log");
        foreach (var (name, identity) in rows)
        {
            table.AddRow(
                name,
                identity is { IsAlive: true } ? "[green]runs[/]" : "[red]ended[/]",
                $"{identity?.Pid}",
                Path.Combine(".local", $"{name}.log")
            );
        }

        Terminal.Console.Write(table);
        return rows.All(row => row.Identity is { IsAlive: true }) ? 0 : 3;
    }
}
