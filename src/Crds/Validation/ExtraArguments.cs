using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of <see cref="ClaudeOptions.ExtraArgs"/>, for the operator and again for the node.</summary>
public static class ExtraArguments
{
    /// <summary>Why an argument is refused, to be read after the path of the field; null if it is accepted.</summary>
    public static string? Problem(string argument)
    {
        ArgumentNullException.ThrowIfNull(argument);
        if (!PatternRegexes.ExtraArgument.IsMatch(argument))
        {
            return Messages.ExtraArgument;
        }
        // Only the name: the value can be long or a secret.
        return PatternRegexes.OwnedArgument.IsMatch(argument) ? $"{Messages.OwnedArgument}: found {argument.Split('=')[0]}" : null;
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
                Messages.ExtraArgument
            );
        }

        if (
            arguments
                ?.Select(Problem)
                .FirstOrDefault(problem => problem?.StartsWith(Messages.OwnedArgument, StringComparison.Ordinal) == true) is
            { } owned
        )
        {
            checks.Add(field, owned);
        }
    }
}
