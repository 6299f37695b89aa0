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

    /// <summary>The agent's process runs.</summary>
    Running,

    /// <summary>The attempt is over; its end is on disk until it is collected.</summary>
    Ended,
}
