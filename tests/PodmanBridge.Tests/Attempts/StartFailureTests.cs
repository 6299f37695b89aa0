using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Agents;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>The ends of a CLI that gave up before it began. The lines are those of 2.1.329.</summary>
public sealed class StartFailureTests
{
    private const string NotFound =
        $$"""{"type":"result","subtype":"error_during_execution","is_error":true,"num_turns":0,"session_id":"{{Specs.Session}}","errors":["No conversation found with session ID: {{Specs.Session}}"]}""";
    private const string Corrupt =
        """{"type":"result","subtype":"error_during_execution","is_error":true,"num_turns":0,"session_id":"00000000-0000-4000-8000-000000000000","startup_failure_reason":"config_file_invalid","errors":["Configuration error in /home/agent/.claude.json: JSON Parse error: Unterminated string\nA backup file exists at: /home/agent/.claude/backups/.claude.json.backup.1"]}""";
    private const string Init = $$"""{"type":"system","subtype":"init","session_id":"{{Specs.Session}}"}""";

    private static readonly ClaudeOptions Resume = new() { Resume = true, SessionID = Specs.Session };

    private static readonly (string Case, AttemptEvidence Evidence, RunReason Reason, string Message)[] Table =
    [
        (
            "no such conversation",
            Exit(1, Resume, NotFound),
            RunReason.SessionLost,
            $"There is no conversation {Specs.Session} in the run's HOME that the CLI can resume: leave resume out, or bring the conversation there."
        ),
        (
            "no such conversation to copy",
            Exit(1, Resume with { ForkSession = true }, NotFound),
            RunReason.SessionLost,
            "There is no conversation"
        ),
        (
            "the same words without resume",
            Exit(1, new(), NotFound),
            RunReason.AgentError,
            "The CLI exited with 1 and reports an error; see result.text."
        ),
        (
            "an error after it began",
            Exit(1, Resume, Init, NotFound),
            RunReason.AgentError,
            "The CLI exited with 1 and reports an error; see result.text."
        ),
        (
            "an error after it asked the model",
            Exit(1, Resume, NotFound) with
            {
                Totals = Asked(1),
            },
            RunReason.AgentError,
            "The CLI exited with 1 and reports an error; see result.text."
        ),
        (
            "a gateway that nobody asked",
            Exit(1, Resume, NotFound) with
            {
                Totals = Asked(0),
            },
            RunReason.SessionLost,
            "There is no conversation"
        ),
        (
            "a configuration that was cut off",
            Exit(1, Resume, Corrupt),
            RunReason.AgentError,
            "The CLI does not start because its configuration file ~/.claude.json is corrupt, as a killed process or a full disk leaves it. The conversation is not lost: remove the file"
        ),
        (
            "a configuration that was cut off, in a new conversation",
            Exit(1, new(), Corrupt),
            RunReason.AgentError,
            "The CLI does not start because its configuration file ~/.claude.json is corrupt, as a killed process or a full disk leaves it. Remove the file"
        ),
        (
            "the older place of the configuration",
            Exit(1, Resume, Corrupt.Replace("agent/.claude.json", "agent/.claude/.config.json", StringComparison.Ordinal)),
            RunReason.AgentError,
            "The CLI does not start because its configuration file ~/.claude/.config.json is corrupt"
        ),
        (
            "the words after it began",
            Exit(1, Resume, Init, Corrupt),
            RunReason.AgentError,
            "The CLI exited with 1 and reported no result; its log says more."
        ),
        (
            "another error before a resume",
            Exit(
                1,
                Resume,
                NotFound.Replace("No conversation found with session ID: " + Specs.Session, "Out of file handles", StringComparison.Ordinal)
            ),
            RunReason.AgentError,
            $"The CLI exited with 1 before it resumed the conversation {Specs.Session}; see result.text."
        ),
        (
            "an error of settings beside resume",
            Exit(1, Resume),
            RunReason.AgentError,
            "The CLI exited with 1 and reported no result; its log says more."
        ),
        (
            "files",
            Exit(1, new() { Files = ["a:b"] }),
            RunReason.AgentError,
            "The CLI exited with 1 before it began, as it does for agent.claude.files, which it can download in no run; its log says more."
        ),
        (
            "files and more",
            Exit(1, new() { Files = ["a:b"], ExtraArgs = ["--x"] }),
            RunReason.AgentError,
            "The CLI exited with 1 before it began, as it does for agent.claude.files, which it can download in no run, or for an option"
        ),
        (
            "further arguments",
            Exit(1, new() { ExtraArgs = ["--x"] }),
            RunReason.AgentError,
            "The CLI exited with 1 before it began, as it does for an option of agent.claude.extraArgs that it does not know or take; its log"
        ),
        (
            "files, and it began",
            Exit(1, new() { Files = ["a:b"] }, Init),
            RunReason.AgentError,
            "The CLI exited with 1 and reported no result; its log says more."
        ),
        (
            "resume that went well",
            Exit(0, Resume, Init, NotFound.Replace("true", "false", StringComparison.Ordinal)),
            RunReason.Completed,
            "Agent finished."
        ),
    ];

    public static TheoryData<int, string> Rows => [.. Table.Select((row, index) => new TheoryDataRow<int, string>(index, row.Case))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_Case_ReasonAndSentence(int row, string name)
    {
        var (_, evidence, reason, message) = Table[row];

        var end = AttemptEnding.Decide(evidence);

        Assert.True(
            (reason, true) == (end.Reason, end.Message.StartsWith(message, StringComparison.Ordinal)),
            $"{name}: {end.Reason} ({end.Message})"
        );
        Assert.Equal(reason == RunReason.SessionLost, end.SessionID is null && evidence.Claude!.SessionID is not null);
    }

    [Theory]
    [InlineData(false, "Configuration error in /home/agent/.claude.json")]
    [InlineData(true, "{\"type\":\"result\"")]
    public void Result_OfAConfigurationThatWasCutOff_IsWhatTheCliSays(bool wholeEnvelope, string beginning)
    {
        using var output = new ClaudeOutput(Specs.Session, 1024, wholeEnvelope);
        output.Line(Encoding.UTF8.GetBytes(Corrupt));

        Assert.StartsWith(beginning, output.Result().Text, StringComparison.Ordinal);
        Assert.Equal((null, null), (output.Envelope, output.SessionID));
    }

    private static AttemptEvidence Exit(int code, ClaudeOptions options, params string[] lines)
    {
        var output = new ClaudeOutput(Specs.Session, 1024);
        foreach (var line in lines)
        {
            output.Line(Encoding.UTF8.GetBytes(line));
        }

        return new AttemptEvidence
        {
            Released = true,
            ExitCode = code,
            Claude = output,
            Options = options,
        };
    }

    private static LedgerTotals Asked(int requests) =>
        new()
        {
            Tokens = new(),
            ByModel = new Dictionary<string, TokenUsage>(),
            CostUSD = 0,
            Requests = requests,
            Unsettled = 0,
            ApiDurationMs = 0,
            LastFailure = null,
            Model = null,
        };
}
