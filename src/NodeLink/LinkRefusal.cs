using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>The body of the HTTP answer with which an operator refuses a link.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Message">One sentence for the bridge's log.</param>
public sealed record LinkRefusal(RefusalReason Reason, string Message);
