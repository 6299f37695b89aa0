using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Why the CLI gave up before it began: it exited with an error, said neither <c>init</c> nor anything of the model's, and the gateway
/// forwarded no request. Which of its options it was follows from what it was told and from the shape of what it said; where several come
/// into question, the sentence names them. The words of its error only tell one failure from another: a conversation that is not there, by
/// its id, and a file in HOME that the CLI cannot read, by its name. A corrupt file is not a lost conversation.
/// </summary>
internal static class StartFailure
{
    /// <summary>
    /// The files in HOME without which, when they are corrupt, the CLI does not start (seen in 2.1.329: cut off, empty or not JSON; other
    /// corrupt files it passes over).
    /// </summary>
    private static readonly string[] ConfigFiles = [".claude/.config.json", ".claude.json"];

    /// <summary>Reason and sentence; null where the CLI did begin, or where no option that ends it so was set.</summary>
    public static (RunReason Reason, string Message)? Judge(AttemptEvidence evidence, int code)
    {
        if (
            code == 0
            || evidence is not { Options: { } options, Claude: { Init: null, Messages: 0 } claude }
            || evidence.Totals is { Requests: > 0 }
        )
        {
            return null;
        }
        // An option that it does not take it refuses on standard error alone.
        if (claude.Envelope is { IsError: true, Turns: 0 or null } envelope)
        {
            return ByError(options, envelope.Error ?? "", code);
        }

        if (claude.Envelope is not null)
        {
            return null;
        }

        if (claude.StartError is { } error)
        {
            return ByError(options, error, code);
        }

        var suspects = Suspects(options);
        return suspects is []
            ? null
            : (
                RunReason.AgentError,
                $"The CLI exited with {code} before it began, as it does {string.Join(", or ", suspects)}; its log says more."
            );
    }

    private static (RunReason Reason, string Message)? ByError(ClaudeOptions options, string error, int code)
    {
        if (ConfigFiles.FirstOrDefault(file => error.Contains(file, StringComparison.Ordinal)) is { } broken)
        {
            return (RunReason.AgentError, Broken(broken, options));
        }

        if (options.Resume != true)
        {
            return null;
        }

        return error.Contains(options.SessionID ?? "\0", StringComparison.OrdinalIgnoreCase)
            ? (RunReason.SessionLost, Lost(options))
            : (
                RunReason.AgentError,
                $"The CLI exited with {code} before it resumed the conversation {options.SessionID}; see result.text."
            );
    }

    private static string Broken(string file, ClaudeOptions options) =>
        $"The CLI does not start because its configuration file ~/{file} is corrupt, as a killed process or a full disk leaves it. "
        + (options.Resume == true ? "The conversation is not lost: remove" : "Remove")
        + $" the file, or restore the copy that result.text names, by a run with agent.command in the same HOME.";

    private static string Lost(ClaudeOptions options) =>
        $"There is no conversation {options.SessionID} in the run's HOME that the CLI can resume: leave resume out, or bring the conversation there.";

    private static List<string> Suspects(ClaudeOptions options)
    {
        List<string> suspects = [];
        if (options.Files is [_, ..])
        {
            suspects.Add("for agent.claude.files, which it can download in no run");
        }

        if (options.ExtraArgs is [_, ..])
        {
            suspects.Add("for an option of agent.claude.extraArgs that it does not know or take");
        }

        return suspects;
    }
}
