using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What a node keeps of an attempt that is over and collected, until its time to live is over.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Namespace">The namespace of its run.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Bytes">What its log and records take of the disk.</param>
internal sealed record KeptAttempt(AttemptKey Key, string Namespace, DateTimeOffset EndedAt, long Bytes);
