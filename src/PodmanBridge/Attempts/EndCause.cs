using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Why the bridge ends an attempt. The first one decided is the one that counts; it is on disk before anything is done.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndCause>))]
internal enum EndCause
{
    /// <summary>The operator wants it stopped because the run was cancelled.</summary>
    Cancelled,

    /// <summary>The operator wants it stopped because the run was suspended.</summary>
    Suspended,

    /// <summary>Its session was deleted.</summary>
    SessionDeleted,

    /// <summary>Its deadline is over.</summary>
    TimedOut,

    /// <summary>The node's lease is over.</summary>
    LeaseOver,

    /// <summary>Its budget is used up, and it asked for more.</summary>
    BudgetExceeded,

    /// <summary>It has more on the disk than it may; or the disk is full, and nobody has more on it.</summary>
    StorageExceeded,

    /// <summary>Nobody wants it any more; its end interests nobody.</summary>
    Dropped,
}
