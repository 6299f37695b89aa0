using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of <see cref="ClaudeOptions.ExtraArgs"/>, for the operator and once more for the node.</summary>
public static class ExtraArguments
{
    /// <summary>Why an argument is not taken, to be read after the name of the field; null when it is.</summary>
    public static string? Problem(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (!PatternRegexes.ExtraArgument.IsMatch(argument))
        {
            return Sentences.ExtraArgument;
        }
        // Its name only: the value may be of any length, and a secret.
        return PatternRegexes.OwnedArgument.IsMatch(argument) ? $"{Sentences.OwnedArgument}: here it is {argument.Split('=')[0]}" : null;
    }

    internal static void Check(FieldChecks checks, string field, IReadOnlyList<string>? arguments)
    {
        for (var i = 0; i < arguments?.Count; i++)
        {
            checks.Text(
                $"{field}[{i}]",
                arguments[i],
                3,
                RunLimits.ExtraArgumentLength,
                PatternRegexes.ExtraArgument,
                Sentences.ExtraArgument
            );
        }

        if (
            arguments
                ?.Select(Problem)
                .FirstOrDefault(problem => problem?.StartsWith(Sentences.OwnedArgument, StringComparison.Ordinal) == true) is
            { } owned
        )
        {
            checks.Add(field, owned);
        }
    }
}
