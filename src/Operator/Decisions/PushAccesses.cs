using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Decisions;

/// <summary>Builds what an attempt may push; pure.</summary>
internal static class PushAccesses
{
    private const string DefaultMessage = "Changes of run {name}";
    private const string DefaultName = "Stromboli";
    private const string DefaultEmail = "stromboli@localhost";
    private static readonly string[] DefaultPaths = [".github/workflows", ".gitlab-ci.yml", ".forgejo", ".gitea"];

    /// <summary>Returns what an attempt may push; null for nothing.</summary>
    /// <param name="git">The repository, with defaults applied.</param>
    /// <param name="status">What earlier attempts pushed. The branches that they created stay the run's own on another node.</param>
    /// <param name="fill">Fills in the run's names.</param>
    public static GitPushAccess? Of(GitWorkspace? git, RunGit? status, Func<string, string> fill) =>
        git is { Push: { } push }
            ? new GitPushAccess
            {
                Url = git.Url!,
                Branches = push.Branches ?? [],
                Force = push.Force ?? false,
                Created = Created(status?.Pushes ?? []),
                OnSuccess = push.OnSuccess is { } leaves
                    ? new PushOnSuccess
                    {
                        Branch = fill(leaves.Branch!),
                        Message = fill(leaves.Message ?? DefaultMessage),
                        AuthorName = leaves.AuthorName ?? DefaultName,
                        AuthorEmail = leaves.AuthorEmail ?? DefaultEmail,
                        ProtectedPaths = leaves.ProtectedPaths ?? [.. DefaultPaths],
                    }
                    : null,
            }
            : null;

    // A branch counts from the push that created it, and is followed as long as each push continues the one before.
    private static CreatedBranch[] Created(IReadOnlyList<RunPush> pushes)
    {
        var commits = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var push in pushes)
        {
            if (push is not { Branch: { } branch, Commit: { } commit })
            {
                continue;
            }

            if (push.Previous is null || (commits.TryGetValue(branch, out var known) && known == push.Previous))
            {
                commits[branch] = commit;
            }
            else
            {
                commits.Remove(branch);
            }
        }

        return [.. commits.Select(branch => new CreatedBranch(branch.Key, branch.Value))];
    }
}
