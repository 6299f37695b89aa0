namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What a restarted bridge finds of an attempt.</summary>
internal enum FoundContainer
{
    /// <summary>No agent ever ran: the attempt may be prepared again.</summary>
    None,

    /// <summary>The container runs.</summary>
    Running,

    /// <summary>The container has ended; its log tells how.</summary>
    Exited,

    /// <summary>The container has ended or is gone, its hooks or agent may have run, and no log tells of it.</summary>
    Lost,
}
