using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Authorization;

/// <summary>The bridge may not have the link.</summary>
internal sealed class LinkRefusedException : Exception
{
    public LinkRefusedException(RefusalReason reason, string message)
        : base(message)
    {
        Reason = reason;
    }

    /// <summary>The reason.</summary>
    public RefusalReason Reason { get; }

    /// <summary>The refusal that the bridge receives.</summary>
    public LinkRefusal Refusal => new(Reason, Message);
}
