using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary>The flags of commands that make a run and may wait for it, and the wait.</summary>
internal sealed class WaitFlags
{
    private readonly CliContext _context;
    private readonly Option<bool> _wait = new("--wait")
    {
        Description = "Wait for the run's end, print its result, and exit with its outcome.",
    };

    private readonly Option<bool> _follow = new("--follow")
    {
        Description = "Print the run's log until its end, and exit with its outcome.",
    };

    private readonly Option<string?> _timeout = new("--wait-timeout")
    {
        HelpName = "DURATION",
        Description = "How long to wait at most, such as 30m. The run goes on. Default: no limit.",
    };

    private readonly OutputFlag _output;

    /// <summary>Adds the flags to a command.</summary>
    public WaitFlags(Command command, CliContext context)
    {
        _context = context;
        command.Options.Add(_wait);
        command.Options.Add(_follow);
        command.Options.Add(_timeout);
        _output = new OutputFlag(command, context, "json", "yaml", "name");
    }

    /// <summary>Checks the flags.</summary>
    /// <returns>The format of the output, if one was chosen.</returns>
    /// <exception cref="UsageException">They do not go together.</exception>
    public string? Check(ParseResult parsed)
    {
        var format = _output.Read(parsed);
        if (parsed.GetValue(_follow) && format is not null)
        {
            throw new UsageException("--follow prints the log, so it does not go together with --output");
        }

        _ = Timeout(parsed);
        return parsed.GetValue(_timeout) is not null && !Waits(parsed)
            ? throw new UsageException("--wait-timeout needs --wait or --follow")
            : format;
    }

    /// <summary>Tells of the run that was made, and waits for it if that was asked for.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> FinishAsync(ParseResult parsed, Cluster cluster, JsonObject created, CancellationToken cancellationToken)
    {
        var screen = _context.Screen;
        var format = Check(parsed);
        var metadata = created["metadata"]!;
        var key = new NamespacedName(metadata["namespace"]!.ToString(), metadata["name"]!.ToString());
        var reference = Cluster.Reference(AgentRunResource.Type, key.Name);
        if (!Waits(parsed))
        {
            if (format is null)
            {
                await screen.Out.WriteLineAsync($"{reference} created");
            }
            else
            {
                OutputFlag.Print(screen, format, AgentRunResource.Type, created);
            }

            return ExitCodes.Success;
        }

        screen.Note($"{reference} created");
        _context.Guard(key);
        using var deadline = new CancellationTokenSource(Timeout(parsed), _context.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            var uid = metadata["uid"]!.ToString();
            var run = parsed.GetValue(_follow)
                ? await RunWaits.FollowAsync(_context, cluster, key, uid, new FollowOptions("text"), linked.Token)
                : await RunWaits.WaitAsync(_context, cluster, key, uid, linked.Token);
            screen.Note(screen.PaintError(Texts.ColourOf(run.Status?.Phase), Outcome.Sentence(run)));
            if (format is not null)
            {
                var path = Cluster.PathOf(AgentRunResource.Type, key);
                OutputFlag.Print(
                    screen,
                    format,
                    AgentRunResource.Type,
                    JsonOutput.ObjectOf(await cluster.Client.GetRawAsync(path, cancellationToken))
                );
            }
            else if (!parsed.GetValue(_follow))
            {
                PrintResult(screen, run);
            }

            return Outcome.ExitCodeOf(run);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new CliException(
                $"the run did not end within {parsed.GetValue(_timeout)}; {_context.OnInterrupt}",
                ExitCodes.OutcomeUnknown
            );
        }
    }

    private static void PrintResult(Screen screen, AgentRun run)
    {
        if (run.Status?.Result?.Text is { Length: > 0 } text)
        {
            var block = SafeText.Block(text);
            screen.Out.Write(block.EndsWith('\n') ? block : block + "\n");
        }
    }

    private bool Waits(ParseResult parsed) => parsed.GetValue(_wait) || parsed.GetValue(_follow);

    private TimeSpan Timeout(ParseResult parsed) =>
        parsed.GetValue(_timeout) is not { } text ? System.Threading.Timeout.InfiniteTimeSpan
        : new GoDuration(text).Value is { } span && span > TimeSpan.Zero && span <= TimeSpan.FromDays(30) ? span
        : throw new UsageException($"--wait-timeout {SafeText.Line(text)}: must be a duration such as 90s or 30m, at most 720h");
}
