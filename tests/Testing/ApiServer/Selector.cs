using System.Text.Json.Nodes;

namespace Stromboli.Testing.ApiServer;

/// <summary>
/// Label selectors (<c>a=b</c>, <c>a!=b</c>, <c>a</c>, <c>!a</c>, <c>a in (x,y)</c>) and field selectors (<c>path=value</c>), as far as
/// tests need them.
/// </summary>
public sealed class Selector(string? scope, string? labels, string? fields)
{
    public bool Matches(JsonObject target) =>
        (string.IsNullOrEmpty(scope) || (string?)target["metadata"]?["namespace"] == scope)
        && Split(labels).All(requirement => MatchesLabel(target["metadata"]?["labels"] as JsonObject, requirement))
        && Split(fields).All(requirement => MatchesField(target, requirement));

    private static IEnumerable<string> Split(string? selector)
    {
        var depth = 0;
        var start = 0;
        selector ??= "";
        for (var i = 0; i <= selector.Length; i++)
        {
            if (i < selector.Length && selector[i] is '(' or ')')
            {
                depth += selector[i] == '(' ? 1 : -1;
            }

            if ((i < selector.Length && (selector[i] != ',' || depth > 0)) || i == start)
            {
                continue;
            }

            yield return selector[start..i].Trim();
            start = i + 1;
        }
    }

    private static bool MatchesLabel(JsonObject? labels, string requirement)
    {
        string? Value(string key) => (string?)labels?[key.Trim()];
        if (requirement.Split(" in ") is [var key, var list])
        {
            return Value(key) is { } value && list.Trim('(', ')', ' ').Split(',').Contains(value);
        }

        if (requirement.Split("!=") is [var unequal, var not])
        {
            return Value(unequal) != not.Trim();
        }

        if (requirement.Replace("==", "=", StringComparison.Ordinal).Split('=') is [var equal, var wanted])
        {
            return Value(equal) == wanted.Trim();
        }

        return requirement.StartsWith('!') ? Value(requirement[1..]) is null : Value(requirement) is not null;
    }

    private static bool MatchesField(JsonObject target, string requirement)
    {
        var parts = requirement.Split('=', 2);
        JsonNode? node = target;
        foreach (var step in parts[0].Split('.'))
        {
            node = (node as JsonObject)?[step];
        }

        return (node?.ToString() ?? "") == parts[1];
    }
}
