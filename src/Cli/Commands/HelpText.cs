using System.CommandLine;
using System.CommandLine.Help;
using System.Text;

namespace Stromboli.Cli.Commands;

/// <summary>The help of a command, laid out as kubectl's.</summary>
internal static class HelpText
{
    private const int Width = 100;

    /// <summary>The words by which a command is called.</summary>
    public static string NameOf(Command command, string program) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{NameOf(parent, program)} {command.Name}" : program;

    /// <summary>The text.</summary>
    public static string Of(Command command, CliContext context)
    {
        var text = new StringBuilder();
        Wrap(text, command.Description ?? "", "");
        var commands = command.Subcommands.Where(sub => !sub.Hidden).ToList();
        var isRoot = !command.Parents.Any();
        var flags = command.Options.Where(option => !context.Flags.All.Contains(option) && option is not HelpOption).ToList();
        text.Append("\nUsage:\n  ").Append(NameOf(command, context.Program));
        text.Append(commands.Count > 0 ? " COMMAND" : "");
        foreach (var argument in command.Arguments)
        {
            var name = $"{argument.HelpName}{(argument.Arity.MaximumNumberOfValues > 1 ? "..." : "")}";
            text.Append(' ').Append(argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name);
        }

        text.Append(" [flags]\n");
        Section(text, "Commands", [.. commands.Select(sub => (sub.Name, sub.Description ?? ""))]);
        Section(
            text,
            "Arguments",
            [.. command.Arguments.Select(argument => (argument.HelpName ?? argument.Name, argument.Description ?? ""))]
        );
        Section(text, "Flags", [.. flags.Select(option => (Left(option), option.Description ?? ""))]);
        if (isRoot)
        {
            Section(
                text,
                $"kubectl's global flags, which must come after '{context.Program}'",
                [.. context.Flags.All.Select(option => (Left(option), option.Description ?? ""))]
            );
            text.Append($"\nExit codes of run, retry and logs -f, when they wait: the run's outcome. 0 succeeded, 1 the command failed,\n");
            text.Append(
                "2 usage, 3 the run failed, 4 the run was cancelled, 5 the outcome is unknown, 130 interrupted (the run goes on).\n"
            );
        }
        else
        {
            text.Append($"\nThe global flags are listed by '{context.Program} --help'.\n");
        }

        return text.ToString();
    }

    private static string Left(Option option)
    {
        var shorts = string.Concat(option.Aliases.Where(alias => alias.Length == 2).Select(alias => $"{alias}, "));
        return $"{(shorts.Length > 0 ? shorts : "    ")}{option.Name}{(option.ValueType == typeof(bool) ? "" : $" {option.HelpName}")}";
    }

    private static void Section(StringBuilder text, string title, IReadOnlyList<(string Left, string Right)> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }

        text.Append('\n').Append(title).Append(":\n");
        var left = rows.Max(row => row.Left.Length) + 5;
        foreach (var row in rows)
        {
            text.Append("  ").Append(row.Left.PadRight(left - 2));
            Wrap(text, row.Right, new string(' ', left));
        }
    }

    private static void Wrap(StringBuilder text, string sentence, string indent)
    {
        var column = indent.Length;
        foreach (var word in sentence.Split(' '))
        {
            if (column > indent.Length && column + 1 + word.Length > Width)
            {
                text.Append('\n').Append(indent);
                column = indent.Length;
            }

            if (column > indent.Length)
            {
                text.Append(' ');
                column++;
            }

            text.Append(word);
            column += word.Length;
        }

        text.Append('\n');
    }
}
