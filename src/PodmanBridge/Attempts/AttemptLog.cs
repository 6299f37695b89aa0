using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// What the log of an attempt says, read in one pass with constant memory: the shim's records, and of the agent's output the result. Length
/// and digest of a result that is the whole output are the shim's: the log may have lost its middle.
/// </summary>
internal sealed class AttemptLog : IShimLogConsumer, IDisposable
{
    private readonly ClaudeOutput? _claude;
    private readonly ClaudeTranscript? _transcript;
    private readonly ResultText _text;
    private readonly List<HookReport> _hooks = [];
    private string? _runningHook;
    private readonly bool _asList;
    private ShimLog? _file;
    private long _omitted;

    private AttemptLog(AttemptSpec spec)
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

    /// <summary>Whether anything of the tenant's ever ran: a hook or the agent.</summary>
    public bool Began { get; private set; }

    /// <summary>
    /// Whether it says that something of the tenant's ran or ended. The shim of an attempt that was not let go says no such thing.
    /// </summary>
    public bool Claims => Began || Exit is not null;

    /// <summary>The records that could not be read, and do not count.</summary>
    public long BadRecords { get; private set; }

    /// <summary>What became of the hooks, in their order, as far as they ran; null if none did.</summary>
    public IReadOnlyList<HookReport>? Hooks =>
        _runningHook is { } cut ? [.. _hooks, new HookReport { Name = cut, Result = HookResult.Stopped }]
        : _hooks.Count > 0 ? _hooks
        : null;

    /// <summary>Whether the agent's process ever ran.</summary>
    public bool Started => StartedAt is not null;

    /// <summary>When the agent's process started, by the node's clock; null if it never did.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    /// <summary>When the shim said its last word, by the node's clock; null if it has not.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>How it ended; null while it has not, by this log.</summary>
    public ShimExit? Exit { get; private set; }

    /// <summary>Why it could not be started; null if it could.</summary>
    public ShimFailure? Failure { get; private set; }

    /// <summary>Whether the shim has said its last word.</summary>
    public bool Complete => Exit is not null || Failure is not null;

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

    /// <summary>A log in which nothing stands: of an attempt that was never let go, whatever its container wrote.</summary>
    public static AttemptLog Empty(AttemptSpec spec) => new(spec);

    /// <summary>Reads the log as far as it is written.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public static async Task<AttemptLog> ReadAsync(string path, AttemptSpec spec, CancellationToken cancellationToken)
    {
        var log = new AttemptLog(spec);
        try
        {
            await log.ReadOnAsync(path, cancellationToken);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>Reads what has been written since.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public async Task ReadOnAsync(string path, CancellationToken cancellationToken)
    {
        if (_file is null && File.Exists(path))
        {
            _file = new ShimLog(path, this);
        }

        if (_file is not null)
        {
            await _file.ReadOnAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _text.Dispose();
        _claude?.Dispose();
        _transcript?.Dispose();
    }

    /// <inheritdoc/>
    public void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
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
    public void BadRecord() => BadRecords++;

    /// <inheritdoc/>
    public void Record(ShimRecord record, DateTimeOffset at)
    {
        switch (record.T)
        {
            case "hookStarted":
                Began = true;
                _runningHook = record.Name;
                break;
            case "hookEnded":
                _runningHook = null;
                _hooks.Add(HookReports.OfEnded(record));
                break;
            case "started":
                Began = true;
                StartedAt = at;
                break;
            case "truncated" when record.Stream == "stdout":
                _omitted += record.Omitted;
                _claude?.Cut();
                break;
            case "exited":
                Exit = record.ToExit();
                EndedAt = at;
                break;
            case "failed":
                Failure = record.ToFailure();
                if (record.Hook is { } hook)
                {
                    _hooks.Add(HookReports.OfFailed(hook));
                }

                EndedAt = at;
                break;
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
