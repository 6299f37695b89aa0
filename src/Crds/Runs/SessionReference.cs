using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>Selects an AgentSession in the run's namespace.</summary>
public sealed record SessionReference
{
    /// <summary>name is the name of the AgentSession.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Name)]
    [Pattern(Patterns.DnsSubdomain, Messages.DnsSubdomain)]
    public string? Name { get; init; }
}

/// <summary>The values of a run's conversation.</summary>
public static class ConversationChoices
{
    /// <summary>A new conversation, which becomes the session's current one.</summary>
    public const string New = "New";

    /// <summary>The session's current conversation, or the one that conversationID names.</summary>
    public const string Resume = "Resume";

    /// <summary>A copy of a conversation. The session's current conversation does not change.</summary>
    public const string Fork = "Fork";
}
