using Stromboli.Crds.Runs;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Finds out why the CLI gave up before it began: it exited with an error, wrote neither <c>init</c> nor any output of the model, and the
/// gateway forwarded no request. The options that the CLI was given and the shape of its output show which option was at fault; if several
/// are possible, the sentence names them all. The words of the CLI's error only distinguish two failures: a missing conversation, by its
/// id, and a file in HOME that the CLI cannot read, by its name. A corrupt file does not count as a lost conversation.
/// </summary>
internal static class StartFailure
{
    /// <summary>
    /// The files in HOME that keep the CLI from starting if they are corrupt (seen in 2.1.329: cut off, empty or not JSON). The CLI ignores
    /// other corrupt files.
    /// </summary>
    private static readonly string[] ConfigFiles = [".claude/.config.json", ".claude.json"];

    /// <summary>Reason and sentence; null if the CLI did begin, or if no option was set that can end it this way.</summary>
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
        // The CLI reports an option that it does not accept only on standard error.
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
