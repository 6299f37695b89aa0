namespace Stromboli.Operator.Streams.Readers;

/// <summary>Where a run or session keeps what is read.</summary>
/// <param name="Node">The node.</param>
/// <param name="UID">The UID of the run or session.</param>
/// <param name="Attempt">The number of the attempt; 0 for a session.</param>
internal sealed record StreamLocation(string Node, string UID, int Attempt);
