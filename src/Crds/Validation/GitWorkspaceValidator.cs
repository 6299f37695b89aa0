using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of <c>workspace.git</c>.</summary>
internal static class GitWorkspaceValidator
{
    private const string Field = "spec.workspace.git";

    internal static void Check(FieldChecks checks, GitWorkspace? git)
    {
        if (git is null)
        {
            return;
        }

        checks.Require($"{Field}.url", git.Url is not null);
        checks.Text($"{Field}.url", git.Url, 1, RunLimits.Url, PatternRegexes.GitUrl, Messages.GitUrl);
        checks.Text($"{Field}.ref", git.Ref, 1, RunLimits.GitRef, PatternRegexes.GitRef, Messages.GitRef);
        checks.NotMatching($"{Field}.ref", git.Ref, PatternRegexes.NoGitRef, Messages.GitRef);
        checks.Number($"{Field}.depth", git.Depth, 0, RunLimits.GitDepth);
        Check(checks, git.Push);
        if (git.CredentialsSecretRef is not { } secret)
        {
            if (git.Push is not null)
            {
                checks.Add(Field, Messages.PushNeedsCredential);
            }

            return;
        }

        checks.Require($"{Field}.credentialsSecretRef.name", secret.Name is not null);
        checks.Text(
            $"{Field}.credentialsSecretRef.name",
            secret.Name,
            1,
            RunLimits.Name,
            PatternRegexes.DnsSubdomain,
            Messages.DnsSubdomain
        );
    }

    private static void Check(FieldChecks checks, GitPush? push)
    {
        if (push is null)
        {
            return;
        }

        var field = $"{Field}.push.branches";
        if (push is { Branches: null, OnSuccess: null })
        {
            checks.Add($"{Field}.push", Messages.PushNothing);
        }

        Check(checks, push.OnSuccess);
        checks.Items(field, push.Branches?.Count, 1, RunLimits.PushBranches);
        checks.Texts(field, push.Branches, 1, RunLimits.GitRef, PatternRegexes.PushBranch, Messages.PushBranch);
        if (push.Branches?.Any(branch => branch is not null && PatternRegexes.NoPushBranch.IsMatch(branch)) == true)
        {
            checks.Add(field, Messages.PushBranch);
        }
    }

    private static void Check(FieldChecks checks, GitPushOnSuccess? push)
    {
        if (push is null)
        {
            return;
        }

        var field = $"{Field}.push.onSuccess";
        checks.Require($"{field}.branch", push.Branch is not null);
        checks.Text($"{field}.branch", push.Branch, 1, RunLimits.GitRef, PatternRegexes.PushTemplate, Messages.PushTemplate);
        checks.NotMatching($"{field}.branch", push.Branch, PatternRegexes.NoPushBranch, Messages.PushTemplate);
        checks.Text($"{field}.message", push.Message, 1, RunLimits.CommitMessage, PatternRegexes.CommitMessage, Messages.CommitMessage);
        checks.Text($"{field}.authorName", push.AuthorName, 1, RunLimits.CommitAuthor, PatternRegexes.CommitAuthor, Messages.CommitAuthor);
        checks.Text(
            $"{field}.authorEmail",
            push.AuthorEmail,
            1,
            RunLimits.CommitAuthor,
            PatternRegexes.CommitAuthor,
            Messages.CommitAuthor
        );
        checks.Items($"{field}.protectedPaths", push.ProtectedPaths?.Count, 0, RunLimits.ProtectedPaths);
        checks.Texts(
            $"{field}.protectedPaths",
            push.ProtectedPaths,
            1,
            RunLimits.Path,
            PatternRegexes.RepositoryPath,
            Messages.RepositoryPath
        );
    }
}
