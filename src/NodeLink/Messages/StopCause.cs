using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>Why the operator ends an attempt.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StopCause>))]
public enum StopCause
{
    /// <summary>The run's <c>spec.cancel</c>.</summary>
    Cancelled,

    /// <summary>The run's <c>spec.suspend</c>.</summary>
    Suspended,

    /// <summary>The session that the run takes part in was deleted.</summary>
    SessionDeleted,
}
