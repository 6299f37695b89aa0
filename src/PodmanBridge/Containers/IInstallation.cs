namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The installation that this node serves. Its id is part of the name and the labels of everything that the engine holds for the
/// installation.
/// </summary>
internal interface IInstallation
{
    /// <summary>The UID of the kube-system namespace; null until an operator has welcomed this bridge.</summary>
    string? ID { get; }

    /// <summary>Waits until the installation is known.</summary>
    Task<string> WaitAsync(CancellationToken cancellationToken);
}
