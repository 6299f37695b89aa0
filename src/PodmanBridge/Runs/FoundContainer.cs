namespace Stromboli.PodmanBridge.Runs;

/// <summary>What a restarted bridge finds of an attempt.</summary>
internal enum FoundContainer
{
    /// <summary>No agent ever ran: the attempt may be prepared again.</summary>
    None,

    /// <summary>The container runs.</summary>
    Running,

    /// <summary>The container has ended; its log tells how.</summary>
    Exited,
}
