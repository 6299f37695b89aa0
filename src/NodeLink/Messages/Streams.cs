using System.Text.Json.Serialization;

namespace Stromboli.NodeLink.Messages;

/// <summary>
/// Asks a bridge for a stream of bytes. The bridge answers with a request of its own, <c>POST</c> of
/// <see cref="NodeLinkProtocol.StreamsPath"/> followed by <see cref="ID"/>, and sends the bytes as its body. Each stream has a connection of
/// its own, so a slow reader slows neither the link nor other streams. The operator closes that connection when the reader leaves.
/// </summary>
public sealed record OpenStream : OperatorMessage
{
    /// <summary>Names the stream: 128 random bits in hexadecimal. Only the node that was asked may answer, and only once.</summary>
    public required string ID { get; init; }

    /// <summary>What to send.</summary>
    public required StreamSource Source { get; init; }
}

/// <summary>What a stream contains.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(LogSource), "Log")]
[JsonDerivedType(typeof(FilesSource), "Files")]
[JsonDerivedType(typeof(DiffSource), "Diff")]
[JsonDerivedType(typeof(MessagesSource), "Messages")]
public abstract record StreamSource;

/// <summary>The log of one attempt.</summary>
public sealed record LogSource : StreamSource
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string RunUID { get; init; }

    /// <summary>The number of the attempt, starting at 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>Whether the stream goes on until the log ends.</summary>
    public bool Follow { get; init; }

    /// <summary>Only this many of the last lines; null for all.</summary>
    public int? TailLines { get; init; }

    /// <summary>Only what was written in the last seconds; null for all.</summary>
    public long? SinceSeconds { get; init; }

    /// <summary>Leaves out this many bytes of what the stream would be without it. Not together with the two above.</summary>
    public long? Offset { get; init; }

    /// <summary>How the log is written.</summary>
    public LogFormat Format { get; init; }
}

/// <summary>How a log is written.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LogFormat>))]
public enum LogFormat
{
    /// <summary>For a person to read.</summary>
    Text,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>A file or a directory of a workspace. Exactly one of the UIDs is set.</summary>
public sealed record FilesSource : StreamSource
{
    /// <summary>The UID of the AgentRun.</summary>
    public string? RunUID { get; init; }

    /// <summary>The UID of the AgentSession.</summary>
    public string? SessionUID { get; init; }

    /// <summary>The path below the workspace, with slashes; empty for the workspace itself.</summary>
    public required string Path { get; init; }

    /// <summary>The first byte of a file, or the first entry of a directory.</summary>
    public long Offset { get; init; }

    /// <summary>The most bytes of a file, or entries of a directory.</summary>
    public required long Limit { get; init; }
}

/// <summary>What changed in a run's workspace since it was cloned, as <c>git diff</c> prints it.</summary>
public sealed record DiffSource : StreamSource
{
    /// <summary>The UID of the AgentRun.</summary>
    public required string RunUID { get; init; }
}

/// <summary>A page of the conversation of a session.</summary>
public sealed record MessagesSource : StreamSource
{
    /// <summary>The UID of the AgentSession.</summary>
    public required string SessionUID { get; init; }

    /// <summary>The number of the first message.</summary>
    public long Offset { get; init; }

    /// <summary>The most messages.</summary>
    public required int Limit { get; init; }
}
