using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>What the operator wants of an attempt.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DesiredState>))]
public enum DesiredState
{
    /// <summary>May be prepared, may not run: it is not on record yet.</summary>
    Hold,

    /// <summary>Is on record and may run.</summary>
    Go,

    /// <summary>Must end, for the cause given.</summary>
    Stop,

    /// <summary>Its end is stored: the report may be dropped, the container is gone, log and workspace stay.</summary>
    Collected,

    /// <summary>Nothing of it may stay on the node.</summary>
    Absent,
}
