namespace Stromboli.PodmanBridge.Storage;

/// <summary>A measurement of a run.</summary>
/// <param name="Usage">What it takes of the disk.</param>
/// <param name="Free">What the file system had left then.</param>
/// <param name="At">When it was, as a timestamp.</param>
/// <param name="Took">How long it took.</param>
/// <param name="Patience">How long it might have taken.</param>
internal sealed record Measurement(StorageUsage Usage, FreeSpace Free, long At, TimeSpan Took, TimeSpan Patience);
