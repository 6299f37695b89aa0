using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>How a diff ended. Pure.</summary>
internal static class DiffOutcome
{
    // The exit codes of diff.sh.
    private const int Gone = 65;
    private const int Unreadable = 66;
    private const int NoSuchProgram = 127;

    /// <summary>Why there is no diff; null if there is one.</summary>
    /// <param name="log">The log of the diff's container.</param>
    /// <param name="commit">The commit to compare with.</param>
    /// <param name="image">The image that contains git.</param>
    /// <param name="outOfMemory">Whether the engine reports that the kernel killed a process for lack of memory.</param>
    public static StreamRefusedException? Problem(ShimLogRecords log, string commit, string image, bool outOfMemory) =>
        log switch
        {
            { Exit: { Code: 0, By: "agent" } } => null,
            { Failure.Step: "exec" } or { Exit.Code: NoSuchProgram } => new(
                StatusCodes.Status501NotImplemented,
                $"The node's image {image} (--git-image) has not all of sh, git, head and gzip."
            ),
            _ when outOfMemory => new(
                StatusCodes.Status413PayloadTooLarge,
                "The workspace is too large to be compared: git used more memory than a diff may."
            ),
            { Exit.Code: Gone } => new(
                StatusCodes.Status409Conflict,
                $"The workspace's .git has not the whole commit {commit} any more, which was cloned, so there is nothing to compare with."
            ),
            { Exit.Code: Unreadable } => new(StatusCodes.Status409Conflict, "git cannot look through the files of the workspace."),
            { Exit: { By: "agent", Code: { } code } } => new(
                StatusCodes.Status409Conflict,
                $"git cannot compare the workspace with its commit and exited with {code}: objects are gone from its .git, files cannot be read, or they changed meanwhile."
            ),
            _ => new(StatusCodes.Status503ServiceUnavailable, "The diff was stopped on its node: try again."),
        };
}
