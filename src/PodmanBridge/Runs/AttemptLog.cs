using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>
/// What the log of an attempt says, read in one pass with constant memory: the shim's records, and of the agent's output the result.
/// </summary>
internal sealed class AttemptLog : IShimLogConsumer, IDisposable
{
    private readonly ClaudeOutput? _claude;
    private readonly ClaudeTranscript? _transcript;
    private readonly ResultText _text;

    private AttemptLog(AttemptSpec spec)
    {
        _text = new ResultText(spec.StatusBytes);
        if (spec.Claude is not { } options)
            return;
        _claude = new ClaudeOutput(spec.SessionID, spec.StatusBytes, wholeEnvelope: options.OutputFormat == ClaudeChoices.Json);
        _transcript = ClaudeTranscript.For(options, spec.StatusBytes);
    }

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

    /// <summary>What was put out, where that is the result: by a program other than Claude Code, or as a format of its output asks; null where it is not.</summary>
    public RunResult? Output => _claude is null ? (Started ? _text.ToResult() : null) : _transcript?.ToResult();

    /// <summary>Reads the log as far as it is written.</summary>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public static async Task<AttemptLog> ReadAsync(string path, AttemptSpec spec, CancellationToken cancellationToken)
    {
        var log = new AttemptLog(spec);
        if (File.Exists(path))
        {
            await ShimLog.ReadAsync(path, log, cancellationToken);
        }

        log._transcript?.End();
        return log;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
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
    public void Record(ShimRecord record, DateTimeOffset at)
    {
        switch (record.T)
        {
            case "started":
                StartedAt = at;
                break;
            case "exited":
                Exit = record.ToExit();
                EndedAt = at;
                break;
            case "failed":
                Failure = record.ToFailure();
                EndedAt = at;
                break;
        }
    }
}
