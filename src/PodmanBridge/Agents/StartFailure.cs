using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Why the CLI gave up before it began: it exited with an error, said neither <c>init</c> nor anything of the model's, and the gateway forwarded no request. Which of its options it
/// was follows from what it was told and from the shape of what it said, never from the words; where several come into question, the sentence names them.
/// </summary>
internal static class StartFailure
{
    /// <summary>Reason and sentence; null where the CLI did begin, or where no option that ends it so was set.</summary>
    public static (RunReason Reason, string Message)? Judge(AttemptEvidence evidence, int code)
    {
        if (code == 0 || evidence is not { Options: { } options, Claude: { Init: null, Messages: 0 } claude } || evidence.Totals is { Requests: > 0 })
            return null;
        // An option that it does not take it refuses on standard error alone; of a conversation that is not there it gives account like of a run.
        if (claude.Envelope is { } envelope)
            return envelope is { IsError: true, Turns: 0 or null } && options.Resume == true ? (RunReason.SessionLost, Lost(options)) : null;
        var suspects = Suspects(options);
        return suspects is [] ? null : (RunReason.AgentError, $"The CLI exited with {code} before it began, as it does {string.Join(", or ", suspects)}; its log says more.");
    }

    private static string Lost(ClaudeOptions options) =>
        $"There is no conversation {options.SessionID} in the run's HOME that the CLI can resume: leave resume out, or bring the conversation there.";

    private static List<string> Suspects(ClaudeOptions options)
    {
        List<string> suspects = [];
        if (options.Files is [_, ..])
            suspects.Add("for agent.claude.files, which it can download in no run");
        if (options.ExtraArgs is [_, ..])
            suspects.Add("for an option of agent.claude.extraArgs that it does not know or take");
        return suspects;
    }
}
