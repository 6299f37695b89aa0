using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>The operator answered, and refused the link.</summary>
public sealed class NodeLinkRefusedException : Exception
{
    /// <summary>Makes one.</summary>
    public NodeLinkRefusedException(RefusalReason reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>Why.</summary>
    public RefusalReason Reason { get; }
}
