using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>A finished attempt without a container, as storage sees it.</summary>
internal interface IFinishedAttempt
{
    /// <summary>The attempt.</summary>
    AttemptKey Key { get; }

    /// <summary>The namespace of the run.</summary>
    string Namespace { get; }

    /// <summary>When it ended, by the node's wall clock.</summary>
    DateTimeOffset EndedAt { get; }

    /// <summary>Whether workspace and HOME still exist and belong to the attempt. Those of a session do not.</summary>
    bool HasVolumes { get; }

    /// <summary>The log file.</summary>
    string LogPath { get; }

    /// <summary>Removes workspace and HOME early. The log stays.</summary>
    Task FreeAsync();

    /// <summary>Removes the log early.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    void FreeLog();
}
