using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>How far an attempt is on its node.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AttemptStage>))]
public enum AttemptStage
{
    /// <summary>The image is fetched, the container made.</summary>
    Preparing,

    /// <summary>The shim is up and waits for <see cref="DesiredState.Go"/>.</summary>
    Held,

    /// <summary>Was let go, and the commands before the agent run: what they did must not be done again unasked.</summary>
    Hooks,

    /// <summary>The agent's process runs.</summary>
    Running,

    /// <summary>The attempt is over; its end is on disk until it is collected.</summary>
    Ended,

    /// <summary>The attempt is over and the operator has stored its end: only its key is told.</summary>
    Collected,
}
