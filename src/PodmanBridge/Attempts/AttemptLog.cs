using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What the log of an attempt says, read in one pass with constant memory: the shim's records, and of the agent's output the result. Length
/// and digest of a result that is the whole output are the shim's: the log may have lost its middle.
/// </summary>
internal sealed class AttemptLog : ShimLogRecords
{
    private readonly ClaudeOutput? _claude;
    private readonly ClaudeTranscript? _transcript;
    private readonly ResultText _text;
    private readonly List<HookReport> _hooks = [];
    private string? _runningHook;
    private readonly bool _asList;
    private long _omitted;

    /// <summary>A log of which nothing is read yet.</summary>
    public AttemptLog(AttemptSpec spec)
    {
        _text = new ResultText(spec.StatusBytes);
        if (spec.Claude is not { } options)
        {
            return;
        }

        _claude = new ClaudeOutput(
            ClaudeConversation.Expected(options, spec.SessionID),
            spec.StatusBytes,
            wholeEnvelope: options.OutputFormat == ClaudeChoices.Json
        );
        _transcript = ClaudeTranscript.For(options, spec.StatusBytes);
        _asList = options.OutputFormat == ClaudeChoices.Json;
    }

    /// <summary>What became of the hooks, in their order, as far as they ran; null if none did.</summary>
    public IReadOnlyList<HookReport>? Hooks =>
        _runningHook is { } cut ? [.. _hooks, new HookReport { Name = cut, Result = HookResult.Stopped }]
        : _hooks.Count > 0 ? _hooks
        : null;

    /// <summary>What Claude Code said; null for another program.</summary>
    public ClaudeOutput? Claude => _claude;

    /// <summary>
    /// What was put out, where that is the result: by a program other than Claude Code, or as a format of its output asks; null where it is
    /// not.
    /// </summary>
    public RunResult? Output =>
        _claude is null ? (Started ? Whole(_text.ToResult()) : null)
        : _transcript is null ? null
        : Whole(_transcript.ToResult());

    /// <summary>Whether the log has lost something of the agent's standard output.</summary>
    public bool Truncated => _omitted > 0;

    /// <inheritdoc/>
    public override void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        if (_claude is not null)
        {
            _claude.Append(piece, endOfLine);
            _transcript?.Append(piece, endOfLine);
            return;
        }

        _text.Append(piece);
        if (endOfLine)
        {
            _text.Append("\n"u8);
        }
    }

    /// <inheritdoc/>
    public override void Record(ShimRecord record, DateTimeOffset at)
    {
        base.Record(record, at);
        switch (record.T)
        {
            case "hookStarted":
                _runningHook = record.Name;
                break;
            case "hookEnded":
                _runningHook = null;
                _hooks.Add(HookReports.OfEnded(record));
                break;
            case "truncated" when record.Stream == "stdout":
                _omitted += record.Omitted;
                _claude?.Cut();
                break;
            case "failed" when record.Hook is { } hook:
                _hooks.Add(HookReports.OfFailed(hook));
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            _text.Dispose();
            _claude?.Dispose();
            _transcript?.Dispose();
        }
    }

    // A list of lines is not what the agent wrote, and that of a log that lost some has neither their length nor their digest.
    private RunResult Whole(RunResult kept) =>
        (_asList, Exit) switch
        {
            (false, { StdoutSha256: { } digest, StdoutBytes: var bytes }) => kept with
            {
                Bytes = bytes,
                Sha256 = digest,
                Truncated = kept.Truncated == true || Truncated,
            },
            _ when Truncated => kept with { Bytes = null, Sha256 = null, Truncated = true },
            _ => kept,
        };
}
