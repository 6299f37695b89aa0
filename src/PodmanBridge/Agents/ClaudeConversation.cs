using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Selects the conversation that the CLI uses. Seen in 2.1.329: a resumed conversation keeps its id; a missing one is an error before any
/// model call; a copy takes the id that it is given (from 2.0.73 on); <c>--continue</c> takes no id, and begins a new conversation if there
/// is none.
/// </summary>
internal static class ClaudeConversation
{
    /// <summary>The arguments that select the conversation.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="sessionID">The id of the conversation: the new one, the resumed one or the copy.</param>
    /// <exception cref="ArgumentException">The options name no conversation, or two.</exception>
    public static IEnumerable<string> Arguments(ClaudeOptions options, string sessionID)
    {
        // The API refuses these earlier, but a node does not rely on that.
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

    /// <summary>The id that the CLI must report for its conversation; null if the CLI chooses the id itself.</summary>
    public static string? Expected(ClaudeOptions options, string sessionID) =>
        options is { Continue: true, ForkSession: not true } ? null : sessionID;
}
