using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Nodes;

namespace Stromboli.Cli.Commands;

/// <summary><c>image</c>: the images that nodes have.</summary>
internal sealed class ImageCommands(CliContext context)
{
    /// <summary>Makes the command with its subcommands.</summary>
    public Command Create() => new("image", "List the images that nodes have.") { CreateList() };

    private Command CreateList()
    {
        var only = new Option<string?>("--node") { HelpName = "NODE", Description = "Only the images of this node." };
        var command = new Command("ls", "List images: on which nodes they are, and whether the CLI of the nodes can run in them.") { only };
        context.Kinds.Add(only, CompletionKind.Node);
        command.SetAction(
            async (parsed, token) =>
            {
                using var cluster = context.Connect(parsed);
                var node = parsed.GetValue(only) is { } name ? Cluster.Checked(name) : null;
                List<(string Node, NodeImage Image)> images = [];
                if (node is not null)
                {
                    var found = await cluster.Client.GetAsync(AgentNodeResource.Type, Kubernetes.NamespacedName.Cluster(node), token);
                    Add(images, found);
                }
                else
                {
                    await foreach (var found in cluster.Client.ListAsync(AgentNodeResource.Type, cancellationToken: token))
                    {
                        Add(images, found);
                    }
                }

                Print(images);
                return ExitCodes.Success;
            }
        );
        return command;
    }

    private static void Add(List<(string Node, NodeImage Image)> images, AgentNode node) =>
        images.AddRange((node.Status?.Images ?? []).Select(image => (node.Metadata.Name ?? "", image)));

    private void Print(List<(string Node, NodeImage Image)> images)
    {
        if (images.Count == 0)
        {
            context.Screen.Note("No images found.");
            return;
        }

        var table = new Table("IMAGE", "SIZE", "NODES", "CLI", "TOOLS");
        foreach (var same in images.GroupBy(one => (one.Image.Name, one.Image.ID)).OrderBy(same => same.Key.Name, StringComparer.Ordinal))
        {
            var image = same.First().Image;
            table.Add(
                image.Name,
                Texts.Bytes(image.Size),
                string.Join(',', same.Select(one => one.Node).Order(StringComparer.Ordinal)),
                new Cell(
                    image.Compatibility?.ToString(),
                    image.Compatibility switch
                    {
                        ImageCompatibility.Compatible => Colour.Green,
                        ImageCompatibility.Incompatible => Colour.Red,
                        _ => Colour.None,
                    }
                ),
                string.Join(',', image.Tools ?? [])
            );
        }

        table.Print(context.Screen);
    }
}
