namespace Stromboli.NodeLink;

/// <summary>The constants of the node link protocol.</summary>
public static class NodeLinkProtocol
{
    /// <summary>
    /// The version of the message schema. Since version 2, a bridge reports its attempts in <see cref="Messages.ObservedSnapshot"/>; in
    /// version 1, all of them are in <see cref="Messages.Hello"/>. Since version 3, a bridge answers <see cref="Messages.OpenStream"/>.
    /// </summary>
    public const int Schema = 3;

    /// <summary>The oldest schema that an operator supports. Operators are upgraded first, then the bridges one by one.</summary>
    public const int OldestSchema = 1;

    /// <summary>The first schema in which a bridge answers <see cref="Messages.OpenStream"/>.</summary>
    public const int StreamsSchema = 3;

    /// <summary>The audience of the tokens that bridges present.</summary>
    public const string Audience = "stromboli";

    /// <summary>The path of the WebSocket. The query <c>?node=</c> has the node's name.</summary>
    public const string Path = "/nodelink/v1";

    /// <summary>
    /// The path to which a bridge posts a stream, before the stream's ID. The query <c>?node=</c> has the node's name, and the request has
    /// the same bearer token as the link.
    /// </summary>
    public const string StreamsPath = "/nodelink/v1/streams/";

    /// <summary>
    /// The header of that request with the HTTP status for the reader. Other than 200, the body is one sentence in plain text that says
    /// why. The media type for the reader is that of the request.
    /// </summary>
    public const string StreamStatusHeader = "Stromboli-Stream-Status";

    /// <summary>How many streams a node serves at a time. It refuses another one with status 429.</summary>
    public const int MaxStreams = 64;

    /// <summary>
    /// The largest message, in bytes. Lists that grow with the number of attempts, sessions or images are split into
    /// <see cref="MessageParts"/>.
    /// </summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>The deepest nesting of a message.</summary>
    public const int MaxDepth = 16;
}
