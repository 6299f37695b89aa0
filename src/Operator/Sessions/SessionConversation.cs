using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;

namespace Stromboli.Operator.Sessions;

/// <summary>Which conversation the CLI has in an attempt of a session's run; pure.</summary>
internal static class SessionConversation
{
    /// <summary>The options that say so, and the conversation's id.</summary>
    /// <param name="claude">The options of the run; null when a command runs.</param>
    /// <param name="spec">The run's spec.</param>
    /// <param name="uid">The run's UID.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="session">The session, as it is while the run has it.</param>
    public static (ClaudeOptions? Claude, string ID) Of(
        ClaudeOptions? claude,
        AgentRunSpec spec,
        string uid,
        int attempt,
        AgentSession session
    )
    {
        var own = NewID(uid, attempt);
        var known = spec.ConversationID ?? session.Status?.SessionID;
        if (claude is null || spec.Conversation == ConversationChoices.New || known is null)
        {
            return (claude, own);
        }

        return spec.Conversation == ConversationChoices.Fork
            ? (claude with { Resume = true, ForkSession = true, SessionID = known }, own)
            : (claude with { Resume = true, SessionID = known }, known);
    }

    /// <summary>
    /// The id of a conversation that the attempt begins: the run's UID, and for further attempts one that follows from it, since the CLI
    /// begins no conversation whose id HOME knows already. A UUID of version 8 (RFC 9562).
    /// </summary>
    public static string NewID(string uid, int attempt)
    {
        if (attempt <= 1 && Guid.TryParseExact(uid, "D", out _))
        {
            return uid;
        }

        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes($"{uid}/{attempt}"))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    /// <summary>
    /// The session's conversation after a run: that of the run, if the CLI named it, the model was asked (so that it stands in HOME), and
    /// it was to become the session's.
    /// </summary>
    /// <param name="run">The run, with what comes from its session.</param>
    /// <param name="before">The session's conversation before.</param>
    public static string? After(AgentRun run, string? before)
    {
        var kept =
            run.Spec is { Conversation: not ConversationChoices.Fork } spec
            && spec.Agent?.Command is null
            && spec.Agent?.Claude?.NoPersistence != true;
        return kept && run.Status is { SessionID: { } named, Usage.TotalTokens: > 0 } ? named : before;
    }
}
