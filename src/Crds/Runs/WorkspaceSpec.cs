using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>The directory that the agent works in. At most one of emptyDir, git and hostPath can be set.</summary>
[CelRule("[has(self.emptyDir), has(self.git), has(self.hostPath)].filter(set, set).size() <= 1", "{path} " + Messages.OneWorkspace)]
public sealed record WorkspaceSpec
{
    /// <summary>
    /// emptyDir is an empty directory on the node's disk, which is removed together with the run's log after ttlAfterFinished. This is the
    /// default.
    /// </summary>
    public EmptyDirWorkspace? EmptyDir { get; init; }

    /// <summary>mountPath is the path of the workspace in the container, as an absolute path. Defaults to /workspace.</summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Messages.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Messages.ReservedPath)]
    [CelRule("!self.matches(r'" + Patterns.OwnMount + "')", "{path} " + Messages.OwnMount)]
    public string? MountPath { get; init; }

    /// <summary>git is a Git repository that is cloned into the workspace before the agent starts.</summary>
    public GitWorkspace? Git { get; init; }

    /// <summary>
    /// hostPath is a directory of the node that is used as the workspace. The node's bridge must allow writing to it. It is kept after the
    /// run.
    /// </summary>
    public HostPathSource? HostPath { get; init; }
}

/// <summary>An empty directory on the node's disk.</summary>
public sealed record EmptyDirWorkspace
{
    /// <summary>
    /// sizeLimit is the maximum disk space of the workspace, measured as for resources.limits.ephemeralStorage. A run that exceeds it ends
    /// with StorageLimitExceeded. If unset, the workspace has no limit of its own.
    /// </summary>
    [QuantityBounds(RunLimits.MinStorage, RunLimits.MaxStorage)]
    public Quantity? SizeLimit { get; init; }
}

/// <summary>
/// A Git repository that is cloned into the workspace before the agent starts. The credential never enters a container. The agent itself
/// has access to the Git server only if push is set, and only to this repository. Submodules and Git LFS files are not fetched.
/// </summary>
[CelRule("!has(self.push) || has(self.credentialsSecretRef)", "{path} " + Messages.PushNeedsCredential)]
public sealed record GitWorkspace
{
    /// <summary>
    /// url is the https URL of the repository, such as https://git.example.com/team/project.git. Redirects are not followed.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Url)]
    [Pattern(Patterns.GitUrl, Messages.GitUrl)]
    public string? Url { get; init; }

    /// <summary>
    /// ref is the branch, tag or full commit ID to check out. If a branch and a tag have the same name, the branch is used; the prefix
    /// refs/heads/ or refs/tags/ selects one of them. If unset, the repository's default branch is used.
    /// </summary>
    [TextLength(1, RunLimits.GitRef)]
    [Pattern(Patterns.GitRef, Messages.GitRef)]
    [CelRule("!self.matches(r'" + Patterns.NoGitRef + "')", "{path} " + Messages.GitRef)]
    public string? Ref { get; init; }

    /// <summary>
    /// depth is the number of commits of history to fetch. 0 fetches the whole history with all branches and tags. Defaults to 1.
    /// </summary>
    [Bounds(0, RunLimits.GitDepth)]
    public int? Depth { get; init; }

    /// <summary>
    /// credentialsSecretRef names a Secret with the keys username and password, or with the key token. It needs the annotations
    /// stromboli.dev/use-as: git and stromboli.dev/git-origins, which lists the origins that the credential can be sent to, such as
    /// https://git.example.com. The run waits until the Secret exists. If unset, the repository is cloned without a credential.
    /// </summary>
    public SecretReference? CredentialsSecretRef { get; init; }

    /// <summary>push says what is pushed to the repository. If unset, nothing can be pushed.</summary>
    public GitPush? Push { get; init; }
}

/// <summary>
/// What is pushed to the repository, by the agent or after it, without the agent ever having the credential. Tags and deletions are never
/// allowed. At least one of branches and onSuccess must be set.
/// </summary>
[CelRule("has(self.branches) || has(self.onSuccess)", "{path} " + Messages.PushNothing)]
public sealed record GitPush
{
    /// <summary>
    /// branches lists the branches that the agent may push to with git push: names, or prefixes that end with /*, such as stromboli/*. The
    /// Secret of credentialsSecretRef also needs git-push in its annotation stromboli.dev/use-as. If unset, the agent can push nothing.
    /// </summary>
    [Items(RunLimits.PushBranches, Min = 1, TextMin = 1, TextMax = RunLimits.GitRef)]
    [Pattern(Patterns.PushBranch, Messages.PushBranch)]
    [CelRule("!self.exists(b, b.matches(r'" + Patterns.NoPushBranch + "'))", "{path} " + Messages.PushBranch)]
    public List<string>? Branches { get; init; }

    /// <summary>
    /// force, if true, lets the agent move branches that exist, also to commits that do not follow theirs. If false, the agent can create
    /// branches, and move only those that this run created, from where it left them. Defaults to false.
    /// </summary>
    public bool? Force { get; init; }

    /// <summary>
    /// onSuccess pushes what the agent leaves in the workspace when it ended well: what it did not commit is committed first. If that
    /// fails, the run ends with GitPushFailed. Not available in a session.
    /// </summary>
    public GitPushOnSuccess? OnSuccess { get; init; }
}

/// <summary>
/// The push of what the agent leaves in the workspace. In branch and message, {name}, {uid} and {attempt} stand for the run's name and UID
/// and the number of the attempt.
/// </summary>
public sealed record GitPushOnSuccess
{
    /// <summary>
    /// branch is the branch to push to, such as stromboli/{name}. If it exists, it is moved only forward: its commit must be in the history
    /// of what is pushed.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.GitRef)]
    [Pattern(Patterns.PushTemplate, Messages.PushTemplate)]
    [CelRule("!self.matches(r'" + Patterns.NoPushBranch + "')", "{path} " + Messages.PushTemplate)]
    public string? Branch { get; init; }

    /// <summary>message is the message of the commit of what the agent did not commit. Defaults to Changes of run {name}.</summary>
    [TextLength(1, RunLimits.CommitMessage)]
    [Pattern(Patterns.CommitMessage, Messages.CommitMessage)]
    public string? Message { get; init; }

    /// <summary>authorName is the author's name of that commit. Defaults to Stromboli.</summary>
    [TextLength(1, RunLimits.CommitAuthor)]
    [Pattern(Patterns.CommitAuthor, Messages.CommitAuthor)]
    public string? AuthorName { get; init; }

    /// <summary>authorEmail is the author's address of that commit. Defaults to stromboli@localhost.</summary>
    [TextLength(1, RunLimits.CommitAuthor)]
    [Pattern(Patterns.CommitAuthor, Messages.CommitAuthor)]
    public string? AuthorEmail { get; init; }

    /// <summary>
    /// protectedPaths lists files and directories of the repository that the push must not change. Defaults to .github/workflows,
    /// .gitlab-ci.yml, .forgejo and .gitea, because CI runs what is in them. An empty list protects nothing.
    /// </summary>
    [Items(RunLimits.ProtectedPaths, TextMin = 1, TextMax = RunLimits.Path)]
    [Pattern(Patterns.RepositoryPath, Messages.RepositoryPath)]
    public List<string>? ProtectedPaths { get; init; }
}

/// <summary>A directory of the node that is used as the workspace. It is kept after the run, with the agent's changes.</summary>
public sealed record HostPathSource
{
    /// <summary>
    /// path is the absolute path of the directory, without symbolic links. The directory must exist, and the node's bridge must allow
    /// writing to it with --allow-volume PREFIX:rw; otherwise the run ends with VolumeDenied. The agent then runs as the user that owns the
    /// node's Podman.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Messages.PlainPath)]
    public string? Path { get; init; }
}
