namespace Stromboli.PodmanBridge.Containers;

/// <summary>Takes the log of an attempt, piece by piece.</summary>
internal interface IShimLogConsumer
{
    /// <summary>A piece of the agent's standard output; the line ends with it or goes on in the next.</summary>
    void Stdout(ReadOnlySpan<byte> piece, bool endOfLine);

    /// <summary>A piece of the agent's standard error; the line ends with it or goes on in the next.</summary>
    /// <param name="piece">Any bytes but a newline.</param>
    /// <param name="endOfLine">Whether the line ends with it.</param>
    /// <param name="at">When conmon got it.</param>
    void Stderr(ReadOnlySpan<byte> piece, bool endOfLine, DateTimeOffset at)
    {
        // Most readers of a log take no evidence from standard error.
    }

    /// <summary>A record of the shim, and when conmon got it.</summary>
    void Record(ShimRecord record, DateTimeOffset at);

    /// <summary>A line that claims to be a record and is none, or is longer than any: it is left out.</summary>
    void BadRecord();
}
