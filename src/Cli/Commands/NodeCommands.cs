using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Commands;

/// <summary><c>node</c>: the machines that run agents.</summary>
internal sealed class NodeCommands(CliContext context)
{
    /// <summary>Makes the command with its subcommands.</summary>
    public Command Create() =>
        new("node", "List nodes, and keep new runs from them.")
        {
            CreateList(),
            CreateCordon("cordon", "Keep new runs from nodes. Runs that are there continue.", true),
            CreateCordon("uncordon", "Let nodes have new runs again.", false),
        };

    private Command CreateList()
    {
        var command = new Command("ls", "List nodes.");
        var output = new OutputFlag(command, context, "json", "yaml", "name");
        command.SetAction(
            async (parsed, token) =>
            {
                var format = output.Read(parsed);
                using var cluster = context.Connect(parsed);
                var options = new ListOptions();
                if (format is not null)
                {
                    var items = await RawList.ReadAsync(cluster.Client, AgentNodeResource.Type, options, token);
                    OutputFlag.PrintList(context.Screen, format, AgentNodeResource.Type, items);
                    return ExitCodes.Success;
                }

                var table = new Table("NAME", "READY", "SCHEDULABLE", "RUNS", "CPU", "MEMORY", "PODMAN", "CLI", "AGE", "MESSAGE");
                await foreach (var node in cluster.Client.ListAsync(AgentNodeResource.Type, options, token))
                {
                    table.Add(Cells(node));
                }

                if (table.Count == 0)
                {
                    context.Screen.Note("No nodes found.");
                }
                else
                {
                    table.Print(context.Screen);
                }

                return ExitCodes.Success;
            }
        );
        return command;
    }

    private Cell[] Cells(AgentNode node)
    {
        var status = node.Status;
        var (ready, schedulable) = (
            Conditions.Find(status?.Conditions, NodeConditions.Ready),
            Conditions.Find(status?.Conditions, NodeConditions.Schedulable)
        );
        var cordoned = node.Spec?.Unschedulable == true;
        return
        [
            node.Metadata.Name,
            new Cell(ready?.Status ?? "Unknown", ready?.Status == ConditionStatus.True ? Colour.Green : Colour.Red),
            new Cell(cordoned ? "False (cordoned)" : schedulable?.Status, cordoned ? Colour.Yellow : Colour.None),
            status?.Runs,
            status?.Capacity?.Cpu?.ToString(),
            status?.Capacity?.Memory?.ToString(),
            status?.PodmanVersion,
            status?.CliVersion,
            Texts.Since(node.Metadata.CreationTimestamp, context.Clock),
            ready?.Status == ConditionStatus.True ? "" : ready?.Message,
        ];
    }

    private Command CreateCordon(string name, string description, bool unschedulable)
    {
        var nodes = new Argument<string[]>("nodes")
        {
            HelpName = "NODE",
            Description = "The names of the nodes.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command(name, description) { nodes };
        context.Kinds.Add(nodes, CompletionKind.Node);
        command.SetAction(
            async (parsed, token) =>
            {
                using var cluster = context.Connect(parsed);
                foreach (var node in parsed.GetValue(nodes)!)
                {
                    var key = NamespacedName.Cluster(Cluster.Checked(node));
                    await cluster.Client.MergePatchAsync(
                        AgentNodeResource.Type,
                        key,
                        new JsonObject { ["spec"] = new JsonObject { ["unschedulable"] = unschedulable } },
                        cancellationToken: token
                    );
                    await context.Screen.Out.WriteLineAsync($"{Cluster.Reference(AgentNodeResource.Type, key.Name)} {name}ed");
                }

                return ExitCodes.Success;
            }
        );
        return command;
    }
}
