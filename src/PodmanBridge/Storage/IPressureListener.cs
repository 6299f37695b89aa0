namespace Stromboli.PodmanBridge.Storage;

/// <summary>Is told when the node's disk becomes short of space, and when it no longer is.</summary>
internal interface IPressureListener
{
    /// <summary><see cref="DiskPressure.Present"/> has changed.</summary>
    Task PressureChangedAsync(CancellationToken cancellationToken);
}
