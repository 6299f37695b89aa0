using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The containers that are made of an attempt's workspace to answer a request, and removed with it
/// (<see cref="ContainerNames.DiffSuffix"/>).
/// </summary>
internal interface IRequestContainers
{
    /// <summary>Whether no request is under way that such a container of the attempt could belong to.</summary>
    bool IsLeftover(AttemptKey key);
}
