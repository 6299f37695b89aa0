namespace Stromboli.NodeLink;

/// <summary>The constants of the node link protocol.</summary>
public static class NodeLinkProtocol
{
    /// <summary>
    /// The version of the message schema. Since version 2, a bridge reports its attempts in <see cref="Messages.ObservedSnapshot"/>; in
    /// version 1, all of them are in <see cref="Messages.Hello"/>.
    /// </summary>
    public const int Schema = 2;

    /// <summary>The oldest schema that an operator supports. Operators are upgraded first, then the bridges one by one.</summary>
    public const int OldestSchema = 1;

    /// <summary>The audience of the tokens that bridges present.</summary>
    public const string Audience = "stromboli";

    /// <summary>The path of the WebSocket. The query <c>?node=</c> has the node's name.</summary>
    public const string Path = "/nodelink/v1";

    /// <summary>
    /// The largest message, in bytes. Lists that grow with the number of attempts, sessions or images are split into
    /// <see cref="MessageParts"/>.
    /// </summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>The deepest nesting of a message.</summary>
    public const int MaxDepth = 16;
}
