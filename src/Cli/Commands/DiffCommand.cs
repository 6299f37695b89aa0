using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;

namespace Stromboli.Cli.Commands;

/// <summary><c>diff</c>: what a run changed in its repository.</summary>
internal sealed class DiffCommand(CliContext context)
{
    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "The name of the run." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command(
            "diff",
            "Print what a run changed since its repository was cloned, as git diff does. Written to a file or pipe, it is what git apply takes."
        )
        {
            _run,
        };
        context.Kinds.Add(_run, CompletionKind.Run);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var cluster = context.Connect(parsed);
        var path = StreamPaths.Diff(cluster.Key(parsed.GetValue(_run)!));
        if (!context.Screen.OutIsTerminal)
        {
            // Byte for byte: git apply must find what git diff wrote.
            await StreamCopy.CopyAsync(cluster.Client, path, new RawSink(context.Screen.Bytes), _ => { }, cancellationToken);
            return ExitCodes.Success;
        }

        var colours = new DiffColours(context.Screen);
        await StreamCopy.CopyAsync(cluster.Client, path, colours, _ => { }, cancellationToken);
        colours.End();
        return ExitCodes.Success;
    }
}
