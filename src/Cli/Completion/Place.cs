using System.CommandLine;

namespace Stromboli.Cli.Completion;

/// <summary>Where in a command line the next word stands.</summary>
/// <param name="Command">The command that it belongs to.</param>
/// <param name="Arguments">How many arguments that command has already.</param>
/// <param name="Pending">The flag whose value it is; null if it is not one.</param>
/// <param name="OnlyArguments">Whether <c>--</c> came before.</param>
internal sealed record Place(Command Command, int Arguments, Option? Pending, bool OnlyArguments)
{
    /// <summary>Finds the place after these words.</summary>
    public static Place Find(Command root, IEnumerable<string> words)
    {
        var place = new Place(root, 0, null, false);
        foreach (var word in words)
        {
            place = place.After(word);
        }

        return place;
    }

    /// <summary>The flags of a command: its own, and those of the commands above it that hold below them.</summary>
    public static IEnumerable<Option> OptionsOf(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => OptionsOf(parent).Where(option => option.Recursive)));

    /// <summary>The flag of that name.</summary>
    public static Option? FindOption(Command command, string name) =>
        OptionsOf(command).FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));

    private Place After(string word)
    {
        if (Pending is not null)
        {
            return this with { Pending = null };
        }

        if (!OnlyArguments && word == "--")
        {
            return this with { OnlyArguments = true };
        }

        if (!OnlyArguments && word.StartsWith('-') && word.Length > 1)
        {
            return this with { Pending = FindOption(Command, word) is { } option && TakesValue(option) ? option : null };
        }

        return
            Arguments == 0
            && !OnlyArguments
            && Command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) is { } command
            ? new Place(command, 0, null, false)
            : this with
            {
                Arguments = Arguments + 1,
            };
    }

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0;
}
