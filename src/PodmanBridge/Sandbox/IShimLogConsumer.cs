namespace Stromboli.PodmanBridge.Sandbox;

/// <summary>Takes the log of an attempt, piece by piece.</summary>
internal interface IShimLogConsumer
{
    /// <summary>A piece of the agent's standard output; the line ends with it or goes on in the next.</summary>
    void Stdout(ReadOnlySpan<byte> piece, bool endOfLine);

    /// <summary>A record of the shim, and when conmon got it.</summary>
    void Record(ShimRecord record, DateTimeOffset at);
}
