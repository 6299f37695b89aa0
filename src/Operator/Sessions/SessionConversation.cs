using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;

namespace Stromboli.Operator.Sessions;

/// <summary>Decides which conversation the CLI has in an attempt of a session's run; pure.</summary>
internal static class SessionConversation
{
    /// <summary>Returns the options for the conversation, and the id of the conversation.</summary>
    /// <param name="claude">The options of the run; null if a command runs.</param>
    /// <param name="spec">The spec of the run.</param>
    /// <param name="uid">The UID of the run.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="session">The session while the run has it.</param>
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
    /// The id of a conversation that the attempt begins: the UID of the run. For a later attempt it is a UUID of version 8 (RFC 9562) that
    /// is derived from the UID, because the CLI does not begin a conversation whose id is already in HOME.
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
    /// The session's conversation after a run. It is that of the run if the CLI named it, the model was asked (so that it is in HOME), and
    /// the run was to continue or replace the session's conversation.
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
