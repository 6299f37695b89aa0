using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// How a clone ended. The gateway's evidence comes before git's exit code, which says at which step the clone ended. git's output is in the
/// run's log and decides nothing. Pure.
/// </summary>
internal static class CloneOutcome
{
    // The exit codes of clone.sh.
    private const int Unusable = 64;
    private const int NoRef = 66;
    private const int NotFetched = 67;
    private const int NoCommit = 68;
    private const int NotCheckedOut = 69;
    private const int NoSuchProgram = 127;

    /// <summary>Why there is no clone, as one sentence; null if there is one.</summary>
    /// <param name="source">The repository.</param>
    /// <param name="log">The log of the clone's container.</param>
    /// <param name="failure">The failure that the gateway saw.</param>
    /// <param name="image">The image that contains git.</param>
    /// <param name="outOfMemory">Whether the engine reports that the kernel killed a process for lack of memory.</param>
    public static string? Problem(GitSource source, ShimLogRecords log, GitFailure? failure, string image, bool outOfMemory) =>
        log is { Exit: { Code: 0, By: "agent" } }
            ? null
            : $"Cloning {source.Url} failed: {Cause(source, log, failure, image, outOfMemory)}.";

    private static string Cause(GitSource source, ShimLogRecords log, GitFailure? failure, string image, bool outOfMemory) =>
        log switch
        {
            _ when failure is not null => failure.Cause,
            { Failure.Step: "exec" } or { Exit.Code: NoSuchProgram } => $"the node's image {image} (--git-image) has no sh or no git",
            { Failure: { } start } => $"git could not be started ({start.Step}: {start.Message})",
            _ when outOfMemory => "git used more memory than resources.limits.memory allows",
            { Exit.By: not "agent" } => "git was stopped on its node",
            { Exit.SignalName: { } signal } => $"git was ended by {signal}",
            { Exit.Code: NoRef } => $"it has no branch and no tag {source.Ref}; a commit needs its full id",
            { Exit.Code: NotFetched } when IsCommit(source.Ref) =>
                $"its server does not give the commit {source.Ref}; depth: 0 also looks for it in the whole history",
            { Exit.Code: NoCommit } => $"{source.Ref} is not a commit of the repository",
            { Exit.Code: NotCheckedOut } => "its files could not be written into the workspace; the run's log says more",
            { Exit.Code: Unusable } => "the workspace cannot be written; the run's log says more",
            { Exit.Code: { } code } => $"git exited with {code}; the run's log says more",
            _ => "the clone's container ended, and left no record of how git ended",
        };

    private static bool IsCommit(string? name) =>
        name is { Length: 40 or 64 } && name.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
