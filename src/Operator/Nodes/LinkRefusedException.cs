using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>A bridge may not have the link that it asks for.</summary>
internal sealed class LinkRefusedException : Exception
{
    public LinkRefusedException(RefusalReason reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>Why.</summary>
    public RefusalReason Reason { get; }

    /// <summary>As the bridge is told.</summary>
    public LinkRefusal Refusal => new(Reason, Message);
}
