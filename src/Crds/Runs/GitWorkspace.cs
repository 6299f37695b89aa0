using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// A Git repository that the workspace is cloned from before the agent starts. The credential never enters a container, and the agent
/// itself reaches no Git server. Submodules and large files (LFS) are not fetched.
/// </summary>
public sealed record GitWorkspace
{
    /// <summary>Address of the repository: https, such as https://git.example.com/team/project.git. Redirects are not followed.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Url)]
    [Pattern(Patterns.GitUrl, Sentences.GitUrl)]
    public string? Url { get; init; }

    /// <summary>
    /// Branch, tag or full commit id that is checked out; a branch goes before a tag of the same name, refs/heads/ or refs/tags/ before the
    /// name says which. The repository's own default branch when absent.
    /// </summary>
    [TextLength(1, RunLimits.GitRef)]
    [Pattern(Patterns.GitRef, Sentences.GitRef)]
    [CelRule("!self.matches(r'" + Patterns.NoGitRef + "')", "{path} " + Sentences.GitRef)]
    public string? Ref { get; init; }

    /// <summary>Commits of history that are fetched; 0 for all of it, with all branches and tags. 1 when absent.</summary>
    [Bounds(0, RunLimits.GitDepth)]
    public int? Depth { get; init; }

    /// <summary>
    /// Secret with the keys username and password, or token, annotated stromboli.dev/use-as: git, and stromboli.dev/git-origins:
    /// https://git.example.com, the origins that it may be sent to. The run waits until it exists. No credential when absent.
    /// </summary>
    public SecretReference? CredentialsSecretRef { get; init; }
}
