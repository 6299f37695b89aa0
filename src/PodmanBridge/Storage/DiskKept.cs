namespace Stromboli.PodmanBridge.Storage;

/// <summary>What stays whatever happens.</summary>
/// <param name="Namespace">Whose it is.</param>
/// <param name="Amount">How much it is.</param>
internal sealed record DiskKept(string Namespace, long Amount);
