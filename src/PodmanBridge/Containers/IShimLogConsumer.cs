namespace Stromboli.PodmanBridge.Containers;

/// <summary>Receives the log of an attempt, piece by piece.</summary>
internal interface IShimLogConsumer
{
    /// <summary>When conmon received the shim's line that begins, as conmon wrote it. Its pieces follow.</summary>
    void Time(ReadOnlySpan<byte> written)
    {
        // Only readers that show times use it.
    }

    /// <summary>A piece of the agent's standard output. The line ends with it or continues in the next piece.</summary>
    void Stdout(ReadOnlySpan<byte> piece, bool endOfLine);

    /// <summary>A piece of the agent's standard error. The line ends with it or continues in the next piece.</summary>
    /// <param name="piece">Any bytes except a newline.</param>
    /// <param name="endOfLine">Whether the line ends with it.</param>
    /// <param name="at">When conmon received it.</param>
    void Stderr(ReadOnlySpan<byte> piece, bool endOfLine, DateTimeOffset at)
    {
        // Most readers of a log do not use standard error as evidence.
    }

    /// <summary>A piece of what hooks wrote, to either stream. The line ends with it or continues in the next piece.</summary>
    void Hook(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        // Most readers of a log do not use it as evidence.
    }

    /// <summary>A record of the shim, and when conmon received it.</summary>
    void Record(ShimRecord record, DateTimeOffset at);

    /// <summary>A line that claims to be a record and is not one, or is longer than any record. It is skipped.</summary>
    void BadRecord();
}
