using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Crds;

namespace Stromboli.Cli.Commands;

/// <summary><c>cancel</c>: stops runs.</summary>
internal sealed class CancelCommand(CliContext context)
{
    private readonly Argument<string[]> _runs = new("runs")
    {
        HelpName = "RUN",
        Description = "The names of the runs.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<bool> _wait = new("--wait") { Description = "Wait until the runs have ended." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("cancel", "Stop runs now. They end Cancelled.") { _runs, _wait };
        context.Kinds.Add(_runs, CompletionKind.Run);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var cluster = context.Connect(parsed);
        foreach (var name in parsed.GetValue(_runs)!)
        {
            var key = cluster.Key(name);
            var run = await cluster.Client.MergePatchAsync(
                AgentRunResource.Type,
                key,
                new JsonObject { ["spec"] = new JsonObject { ["cancel"] = true } },
                cancellationToken: cancellationToken
            );
            var reference = Cluster.Reference(AgentRunResource.Type, key.Name);
            if (Outcome.IsFinished(run))
            {
                await context.Screen.Out.WriteLineAsync($"{reference} has ended already ({run.Status!.Phase})");
                continue;
            }

            if (parsed.GetValue(_wait))
            {
                run = await RunWaits.WaitAsync(context, cluster, key, run.Metadata.Uid, cancellationToken);
                await context.Screen.Out.WriteLineAsync($"{reference} {run.Status!.Phase!.Value.ToString().ToLowerInvariant()}");
            }
            else
            {
                await context.Screen.Out.WriteLineAsync($"{reference} is being cancelled");
            }
        }

        return ExitCodes.Success;
    }
}
