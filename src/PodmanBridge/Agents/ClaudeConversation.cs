using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Which conversation the CLI is told to have. Seen in 2.1.329: one that is resumed keeps its id; one that is not there is an error before
/// any model call; a copy takes the id that it is given (from 2.0.73 on); <c>--continue</c> takes none, and begins a new conversation where
/// there is none.
/// </summary>
internal static class ClaudeConversation
{
    /// <summary>The arguments that say so.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="sessionID">The id of the conversation: of the new one, of the one that is resumed, or of the copy.</param>
    /// <exception cref="ArgumentException">The options name no conversation, or two.</exception>
    public static IEnumerable<string> Arguments(ClaudeOptions options, string sessionID)
    {
        // The API refuses these before; a node does not rely on it.
        if (
            options
            is { Resume: true, SessionID: null }
                or { Resume: true, Continue: true }
                or { ForkSession: true, Resume: not true, Continue: not true }
        )
        {
            throw new ArgumentException("resume, continue and forkSession do not name one conversation", nameof(options));
        }

        return options switch
        {
            { Resume: true, ForkSession: true } => [$"--resume={options.SessionID}", "--fork-session", $"--session-id={sessionID}"],
            { Resume: true } => [$"--resume={options.SessionID}"],
            { Continue: true, ForkSession: true } => ["--continue", "--fork-session", $"--session-id={sessionID}"],
            { Continue: true } => ["--continue"],
            _ => [$"--session-id={sessionID}"],
        };
    }

    /// <summary>The id that the CLI must name as its conversation's; null where it chooses it itself.</summary>
    public static string? Expected(ClaudeOptions options, string sessionID) =>
        options is { Continue: true, ForkSession: not true } ? null : sessionID;
}
