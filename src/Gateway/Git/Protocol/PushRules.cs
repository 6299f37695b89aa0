using System.Text;

namespace Stromboli.Gateway.Git.Protocol;

/// <summary>What one run may push. Pure.</summary>
/// <param name="Branches">Names, or prefixes that end with <c>/*</c>.</param>
/// <param name="Force">Whether branches that exist can be moved, whoever created them.</param>
internal sealed record PushRules(IReadOnlyList<string> Branches, bool Force)
{
    /// <summary>How many branches a run may create.</summary>
    public const int MostCreated = 100;

    private const string Heads = "refs/heads/";
    private const int LongestRef = 512;
    private const int LongestList = 200;

    private readonly string[] _branches = [.. Branches.Select(GitText.ToWire)];

    /// <summary>Decides on a whole push. All of it is refused if one command is.</summary>
    /// <param name="commands">The commands.</param>
    /// <param name="created">At which commit the run left the branches that it created.</param>
    /// <returns>Why each command is refused, in their order; null if all are allowed.</returns>
    public IReadOnlyList<string>? Refuse(IReadOnlyList<PushCommand> commands, IReadOnlyDictionary<string, string> created)
    {
        var reasons = commands.Select(command => Refuse(command, created)).ToList();
        var twice = commands.GroupBy(command => command.Ref, StringComparer.Ordinal).Any(group => group.Count() > 1);
        if (!twice && reasons.TrueForAll(reason => reason is null))
        {
            return null;
        }

        return [.. reasons.Select(reason => reason ?? (twice ? "pushed twice at once" : "not pushed, as the rest was refused"))];
    }

    private string? Refuse(PushCommand command, IReadOnlyDictionary<string, string> created)
    {
        if (!Allows(command.Ref))
        {
            return $"not allowed by this run: {List()} only";
        }

        if (GitText.IsZero(command.New))
        {
            return "not allowed by this run: no deletions";
        }

        var branch = GitText.FromWire(command.Ref[Heads.Length..]);
        if (GitText.IsZero(command.Old))
        {
            return created.Count >= MostCreated && !created.ContainsKey(branch)
                ? $"not allowed by this run: it has created {MostCreated} branches"
                : null;
        }

        return Force || (created.TryGetValue(branch, out var left) && left == command.Old)
            ? null
            : "not allowed by this run: the branch exists, and this run did not leave it as it is; push another name";
    }

    private bool Allows(string @ref)
    {
        if (@ref.Length > LongestRef || !@ref.StartsWith(Heads, StringComparison.Ordinal))
        {
            return false;
        }

        var branch = @ref[Heads.Length..];
        return IsBranch(branch)
            && _branches.Any(allowed =>
                allowed.EndsWith("/*", StringComparison.Ordinal)
                    ? branch.Length >= allowed.Length && branch.StartsWith(allowed[..^1], StringComparison.Ordinal)
                    : branch == allowed
            );
    }

    // git check-ref-format, and no name that could be mistaken for an option or for something of a server's own.
    private static bool IsBranch(string branch) =>
        branch is not ("" or "@" or "HEAD")
        && !branch.Contains("..", StringComparison.Ordinal)
        && !branch.Contains("@{", StringComparison.Ordinal)
        && !branch.Any(static c => c is <= ' ' or '\x7f' or '~' or '^' or ':' or '?' or '*' or '[' or '\\')
        && branch
            .Split('/')
            .All(static part =>
                part.Length > 0 && part[0] is not ('.' or '-') && part[^1] != '.' && !part.EndsWith(".lock", StringComparison.Ordinal)
            );

    private string List()
    {
        var list = new StringBuilder();
        foreach (var branch in _branches)
        {
            if (list.Length + branch.Length > LongestList)
            {
                return list.Append(list.Length == 0 ? "the branches of its spec" : ", ...").ToString();
            }

            list.Append(list.Length == 0 ? "" : ", ").Append(branch);
        }

        return list.ToString();
    }
}
