using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Reads the log of an attempt in one pass with constant memory: the shim's records and, from the agent's output, the result. If the result
/// is the whole output, its length and digest are those that the shim reports, since the log may have lost its middle.
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

    /// <summary>Creates a log of which nothing is read yet.</summary>
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

    /// <summary>The outcomes of the hooks that ran, in order; null if none ran.</summary>
    public IReadOnlyList<HookReport>? Hooks =>
        _runningHook is { } cut ? [.. _hooks, new HookReport { Name = cut, Result = HookResult.Stopped }]
        : _hooks.Count > 0 ? _hooks
        : null;

    /// <summary>What Claude Code reported; null for another program.</summary>
    public ClaudeOutput? Claude => _claude;

    /// <summary>
    /// The output, if that is the result: for a program other than Claude Code, or if the output format asks for it. Otherwise null.
    /// </summary>
    public RunResult? Output =>
        _claude is null ? (Started ? Whole(_text.ToResult()) : null)
        : _transcript is null ? null
        : Whole(_transcript.ToResult());

    /// <summary>Whether the log has lost some of the agent's standard output.</summary>
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

    // A list of lines is not what the agent wrote, so the shim's length and digest do not apply to it. If the log lost lines, the length
    // and digest of the complete list are unknown.
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
