namespace Stromboli.PodmanBridge.Link;

/// <summary>Whom this state directory serves, on disk.</summary>
/// <param name="ID">The installation's id.</param>
/// <param name="Epoch">The highest epoch of a leader that was heard.</param>
internal sealed record InstallationRecord(string ID, long Epoch);
