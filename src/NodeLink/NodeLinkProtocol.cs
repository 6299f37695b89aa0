namespace Stromboli.NodeLink;

/// <summary>What both ends of a node link agree on.</summary>
public static class NodeLinkProtocol
{
    /// <summary>The version of the messages' schema.</summary>
    public const int Schema = 1;

    /// <summary>The audience of the tokens that bridges present.</summary>
    public const string Audience = "stromboli";

    /// <summary>The path of the WebSocket; the node's name follows as <c>?node=</c>.</summary>
    public const string Path = "/nodelink/v1";

    /// <summary>The largest message, in bytes.</summary>
    public const int MaxMessageBytes = 4 * 1024 * 1024;

    /// <summary>The deepest nesting of a message.</summary>
    public const int MaxDepth = 16;
}
