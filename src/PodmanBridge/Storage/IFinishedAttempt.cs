using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>An attempt that is over and has no container, as far as its place on the disk is concerned.</summary>
internal interface IFinishedAttempt
{
    /// <summary>The attempt.</summary>
    AttemptKey Key { get; }

    /// <summary>The namespace of the run.</summary>
    string Namespace { get; }

    /// <summary>When it ended, by the node's wall clock.</summary>
    DateTimeOffset EndedAt { get; }

    /// <summary>Whether workspace and HOME are still there, and its own: those of a session are not.</summary>
    bool HasVolumes { get; }

    /// <summary>The file of its log.</summary>
    string LogPath { get; }

    /// <summary>Removes workspace and HOME before their time. The log stays.</summary>
    Task FreeAsync();

    /// <summary>Removes the log before its time.</summary>
    /// <exception cref="IOException">It cannot be removed.</exception>
    void FreeLog();
}
