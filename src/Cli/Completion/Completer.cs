using System.CommandLine;

namespace Stromboli.Cli.Completion;

/// <summary>
/// Completes a command line in the output format of cobra's <c>__complete</c>, which kubectl and the scripts of
/// <see cref="ShellScripts"/> read: one candidate a line, with a tab before its description, and <c>:N</c> as last line, where N is a sum
/// of <see cref="CompletionDirective"/>.
/// </summary>
/// <param name="root">The commands.</param>
/// <param name="kinds">What values name.</param>
/// <param name="lookUp">Looks up the names of a kind in the cluster that the words choose.</param>
internal sealed class Completer(
    Command root,
    CompletionKinds kinds,
    Func<CompletionKind, IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<string>>> lookUp
)
{
    /// <summary>Completes the last word.</summary>
    /// <param name="words">The words after the program's name. The last one is to be completed, and may be empty.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>The lines of the answer.</returns>
    public async Task<IReadOnlyList<string>> CompleteAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var before = words.Count == 0 ? [] : words.Take(words.Count - 1).ToList();
        var last = words.Count == 0 ? "" : words[^1];
        var place = Place.Find(root, before);
        if (place.Pending is { } option)
        {
            return await ValuesAsync(option, before, last, "", cancellationToken);
        }

        if (!place.OnlyArguments && last.StartsWith('-'))
        {
            var equals = last.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                return Lines(Flags(place.Command, last), CompletionDirective.NoFiles);
            }

            return Place.FindOption(place.Command, last[..equals]) is { } named
                ? await ValuesAsync(named, before, last[(equals + 1)..], last[..(equals + 1)], cancellationToken)
                : Lines([], CompletionDirective.NoFiles);
        }

        if (place.Arguments == 0 && !place.OnlyArguments && place.Command.Subcommands.Any(command => !command.Hidden))
        {
            return Lines(
                place
                    .Command.Subcommands.Where(command => !command.Hidden && command.Name.StartsWith(last, StringComparison.Ordinal))
                    .Select(command => (command.Name, command.Description)),
                CompletionDirective.NoFiles
            );
        }

        var arguments = place.Command.Arguments;
        var argument =
            place.Arguments < arguments.Count ? arguments[place.Arguments]
            : arguments.Count > 0 && arguments[^1].Arity.MaximumNumberOfValues > 1 ? arguments[^1]
            : null;
        return argument is null ? Lines([], CompletionDirective.NoFiles) : await ValuesAsync(argument, before, last, "", cancellationToken);
    }

    private async Task<IReadOnlyList<string>> ValuesAsync(
        Symbol symbol,
        IReadOnlyList<string> before,
        string start,
        string prefix,
        CancellationToken cancellationToken
    )
    {
        if (kinds.ChoicesOf(symbol) is { Count: > 0 } choices)
        {
            return Lines(Matching(choices, start, prefix), CompletionDirective.NoFiles);
        }

        switch (kinds.KindOf(symbol))
        {
            case null:
                return Lines([], CompletionDirective.NoFiles);
            case CompletionKind.File:
                return Lines([], CompletionDirective.Default);
            case CompletionKind.RunPath:
                // A path in the workspace is not looked up: that asks the node.
                return start.Contains(':', StringComparison.Ordinal)
                    ? Lines([], CompletionDirective.NoFiles | CompletionDirective.NoSpace)
                    : Lines(
                        Matching(
                            [.. (await lookUp(CompletionKind.Run, before, cancellationToken)).Select(name => $"{name}:")],
                            start,
                            prefix
                        ),
                        CompletionDirective.NoFiles | CompletionDirective.NoSpace
                    );
            case { } kind:
                return Lines(Matching(await lookUp(kind, before, cancellationToken), start, prefix), CompletionDirective.NoFiles);
        }
    }

    private static IEnumerable<(string, string?)> Matching(IEnumerable<string> names, string start, string prefix) =>
        names.Where(name => name.StartsWith(start, StringComparison.Ordinal)).Select(name => (prefix + name, (string?)null));

    private static IEnumerable<(string, string?)> Flags(Command command, string start) =>
        Place
            .OptionsOf(command)
            .Where(option => !option.Hidden)
            .SelectMany(option =>
                (start.StartsWith("--", StringComparison.Ordinal) || start == "-" ? [option.Name] : option.Aliases)
                    .Where(name => name.StartsWith(start, StringComparison.Ordinal))
                    .Select(name => (name, option.Description))
            );

    private static List<string> Lines(IEnumerable<(string Value, string? Description)> candidates, CompletionDirective directive) =>
        [
            .. candidates
                .Where(candidate => !candidate.Value.Any(char.IsControl))
                .Select(candidate =>
                    candidate.Description is { Length: > 0 } text ? $"{candidate.Value}\t{FirstSentence(text)}" : candidate.Value
                ),
            $":{(int)directive}",
        ];

    private static string FirstSentence(string text) =>
        text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text.TrimEnd('.');
}

/// <summary>What the shell does with the candidates. The numbers are cobra's.</summary>
[Flags]
internal enum CompletionDirective
{
    /// <summary>Files complete too, if there is no candidate.</summary>
    Default = 0,

    /// <summary>Something went wrong.</summary>
    Error = 1,

    /// <summary>No space follows.</summary>
    NoSpace = 2,

    /// <summary>Files do not complete.</summary>
    NoFiles = 4,
}
