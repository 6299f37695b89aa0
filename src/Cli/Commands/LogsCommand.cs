using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Cli.Streams;
using Stromboli.Crds.Values;

namespace Stromboli.Cli.Commands;

/// <summary><c>logs</c>: what an agent said and did.</summary>
internal sealed class LogsCommand(CliContext context)
{
    private static readonly string[] Formats = ["text", "json"];

    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "The name of the run." };

    private readonly Option<bool> _follow = new("--follow", "-f")
    {
        Description = "Go on until the run has ended, whatever happens to the connection, and exit with its outcome.",
    };

    private readonly Option<int?> _attempt = new("--attempt")
    {
        HelpName = "NUMBER",
        Description = "Only this attempt. Default: the last.",
    };

    private readonly Option<int?> _tail = new("--tail") { HelpName = "LINES", Description = "Only the last lines." };

    private readonly Option<string?> _since = new("--since")
    {
        HelpName = "DURATION",
        Description = "Only what was written lately, such as 10m. Not with -f, which could not resume it exactly.",
    };

    private readonly Option<string?> _format = new("--format")
    {
        HelpName = "text|json",
        Description = "text for people (default), or json: one object a line, as the agent wrote it.",
    };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("logs", "Print the log of a run. With -f the exit code is the run's outcome.")
        {
            _run,
            _follow,
            _attempt,
            _tail,
            _since,
            _format,
        };
        context.Kinds.Add(_run, CompletionKind.Run);
        context.Kinds.Add(_format, Formats);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var format = parsed.GetValue(_format) ?? "text";
        if (!Formats.Contains(format))
        {
            throw new UsageException($"--format {SafeText.Line(format)}: must be text or json");
        }

        var (attempt, tail) = (parsed.GetValue(_attempt), parsed.GetValue(_tail));
        if (attempt < 1 || tail < 0)
        {
            throw new UsageException(attempt < 1 ? "--attempt: must be 1 or more" : "--tail: must be 0 or more");
        }

        var since = Since(parsed);
        var follow = parsed.GetValue(_follow);
        if (follow && since is not null)
        {
            throw new UsageException("--since does not go together with -f, which could not resume it exactly; use --tail");
        }

        using var cluster = context.Connect(parsed);
        var key = cluster.Key(parsed.GetValue(_run)!);
        if (follow)
        {
            context.Guard(key);
            var options = new FollowOptions(format, attempt, tail);
            var run = await RunWaits.FollowAsync(context, cluster, key, uid: null, options, cancellationToken);
            context.Screen.Note(context.Screen.PaintError(Texts.ColourOf(run.Status?.Phase), Outcome.Sentence(run)));
            return Outcome.IsFinished(run) ? Outcome.ExitCodeOf(run) : ExitCodes.Success;
        }

        var request = new LogRequest
        {
            Format = format,
            Attempt = attempt,
            TailLines = tail,
            SinceSeconds = since,
        };
        await StreamCopy.CopyAsync(
            cluster.Client,
            StreamPaths.Log(key, request),
            new SafeTextSink(context.Screen.Out),
            _ => { },
            cancellationToken
        );
        return ExitCodes.Success;
    }

    private long? Since(ParseResult parsed) =>
        parsed.GetValue(_since) is not { } text ? null
        : new GoDuration(text).Value is { } span && span > TimeSpan.Zero ? (long)Math.Ceiling(span.TotalSeconds)
        : throw new UsageException($"--since {SafeText.Line(text)}: must be a duration such as 90s or 10m");
}
