namespace Stromboli.PodmanBridge.Files;

/// <summary>Why something in a tree cannot be read. The numbers are those of <c>src/native/reader/protocol.h</c>.</summary>
internal enum FileProblem
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>There is no such entry.</summary>
    NotFound = 1,

    /// <summary>A symbolic link is at the path or on the way to it.</summary>
    LinkMet = 2,

    /// <summary>Another file system is mounted there.</summary>
    OtherFileSystem = 3,

    /// <summary>It is neither a regular file nor a directory.</summary>
    Special = 4,

    /// <summary>It is a regular file with several names.</summary>
    HardLink = 5,

    /// <summary>The user of the bridge may not read it.</summary>
    Denied = 6,

    /// <summary>To list the directory would take too much memory.</summary>
    TooMany = 7,

    /// <summary>To list the directory would take too much time.</summary>
    Late = 8,

    /// <summary>The request makes no sense.</summary>
    Wrong = 9,

    /// <summary>The kernel reported another error, or the reader failed.</summary>
    Failed = 10,
}

/// <summary>Something in a tree cannot be read.</summary>
internal sealed class FileTreeException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="problem">Why.</param>
    /// <param name="facts">What is there, if something is that cannot be read.</param>
    /// <param name="detail">What the reader said, for the log.</param>
    public FileTreeException(FileProblem problem, FileFacts? facts = null, string? detail = null)
        : base(detail is null ? $"The file cannot be read: {problem}." : $"The file cannot be read: {problem}: {detail}")
    {
        (Problem, Facts) = (problem, facts);
    }

    /// <summary>Why.</summary>
    public FileProblem Problem { get; }

    /// <summary>What is there; null if nothing is, or if that is not known.</summary>
    public FileFacts? Facts { get; }
}
