using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Files;

/// <summary>What a reader is told about a file that cannot be read. Pure.</summary>
internal static class FileRefusal
{
    /// <summary>The status and the sentence; null for a failure that is not the reader's business.</summary>
    public static (int Status, string Sentence)? Of(FileTreeException failure, FilesSource wanted)
    {
        var path = wanted.Path is "" ? "the workspace" : FilePath.Quote(wanted.Path);
        return failure.Problem switch
        {
            FileProblem.NotFound => (StatusCodes.Status404NotFound, $"The workspace has no {path}."),
            FileProblem.LinkMet => Forbidden($"{path} is a symbolic link or goes through one, and links are not followed."),
            FileProblem.OtherFileSystem => Forbidden($"Another file system is mounted at {path} or above it, and is not entered."),
            FileProblem.Special => Forbidden($"{path} is {NameOf(failure.Facts)}: only files and directories can be read."),
            FileProblem.HardLink => Forbidden(
                $"{path} is a file with {failure.Facts?.Links} names (hard links): only files with one name can be read."
            ),
            FileProblem.Denied => Forbidden($"{path} may not be read by the user of the node's bridge."),
            FileProblem.TooMany => (
                StatusCodes.Status413PayloadTooLarge,
                $"The directory {path} has more names than can be sorted up to number {wanted.Offset}."
            ),
            FileProblem.Late => (StatusCodes.Status504GatewayTimeout, $"Reading {path} took too long on its node."),
            _ => null,
        };
    }

    private static (int Status, string Sentence) Forbidden(string sentence) => (StatusCodes.Status403Forbidden, Capital(sentence));

    private static string Capital(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private static string NameOf(FileFacts? facts) =>
        facts?.Kind switch
        {
            FileKind.Fifo => "a named pipe",
            FileKind.Socket => "a socket",
            FileKind.Symlink => "a symbolic link",
            _ => "a device",
        };
}
