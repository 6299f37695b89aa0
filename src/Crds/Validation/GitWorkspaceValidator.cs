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
        if (git.CredentialsSecretRef is not { } secret)
        {
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
}
