namespace Stromboli.NodeLink;

/// <summary>What both ends of a node link agree on.</summary>
public static class NodeLinkProtocol
{
    /// <summary>
    /// The version of the messages' schema. From 2 on a bridge tells what it observes in <see cref="Messages.ObservedSnapshot"/>, in 1 all
    /// of it in <see cref="Messages.Hello"/>.
    /// </summary>
    public const int Schema = 2;

    /// <summary>The oldest schema that an operator still speaks, so that operators are updated first and bridges one by one.</summary>
    public const int OldestSchema = 1;

    /// <summary>The audience of the tokens that bridges present.</summary>
    public const string Audience = "stromboli";

    /// <summary>The path of the WebSocket; the node's name follows as <c>?node=</c>.</summary>
    public const string Path = "/nodelink/v1";

    /// <summary>
    /// The largest message, in bytes. What grows with the number of attempts, sessions or images is cut into <see cref="MessageParts"/>.
    /// </summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>The deepest nesting of a message.</summary>
    public const int MaxDepth = 16;
}
