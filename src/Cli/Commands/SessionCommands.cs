using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Manifests;
using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;
using Stromboli.Crds;
using Stromboli.Crds.Schema;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary><c>session</c>: conversations and workspaces that outlive a run.</summary>
internal sealed class SessionCommands(CliContext context)
{
    /// <summary>Makes the command with its subcommands.</summary>
    public Command Create() =>
        new("session", "Make sessions, read their conversations, delete them.")
        {
            CreateNew(),
            CreateList(),
            CreateMessages(),
            CreateDelete(),
        };

    private Command CreateNew()
    {
        var name = new Argument<string>("name") { HelpName = "NAME", Description = "The name of the session." };
        var command = new Command("create", "Create a session. Runs join it by --session.") { name };
        var spec = new SpecFlags(command, context, withSession: false);
        var output = new OutputFlag(command, context, "json", "yaml", "name");
        command.SetAction(
            async (parsed, token) =>
            {
                var format = output.Read(parsed);
                using var cluster = context.Connect(parsed);
                var target = new JsonObject
                {
                    ["apiVersion"] = ApiGroup.ApiVersion,
                    ["kind"] = "AgentSession",
                    ["metadata"] = new JsonObject { ["name"] = Cluster.Checked(parsed.GetValue(name)!), ["namespace"] = cluster.Namespace },
                    ["spec"] = new JsonObject(),
                };
                spec.Apply(parsed, target);
                var path = $"{Cluster.PathOf(AgentSessionResource.Type, cluster.Namespace)}?fieldManager=kubectl-stromboli";
                var created = JsonOutput.ObjectOf(await cluster.Client.CreateRawAsync(path, target, token));
                if (format is null)
                {
                    var reference = Cluster.Reference(AgentSessionResource.Type, JsonPath.Text(created, "metadata.name"));
                    await context.Screen.Out.WriteLineAsync($"{reference} created");
                }
                else
                {
                    OutputFlag.Print(context.Screen, format, AgentSessionResource.Type, created);
                }

                return ExitCodes.Success;
            }
        );
        return command;
    }

    private Command CreateList()
    {
        var everywhere = new Option<bool>("--all-namespaces", "-A") { Description = "The sessions of all namespaces." };
        var command = new Command("ls", "List sessions.") { everywhere };
        var output = new OutputFlag(command, context, "json", "yaml", "name");
        command.SetAction(
            async (parsed, token) =>
            {
                var format = output.Read(parsed);
                using var cluster = context.Connect(parsed);
                var options = new ListOptions { Namespace = parsed.GetValue(everywhere) ? null : cluster.Namespace };
                if (format is not null)
                {
                    var items = await RawList.ReadAsync(cluster.Client, AgentSessionResource.Type, options, token);
                    OutputFlag.PrintList(context.Screen, format, AgentSessionResource.Type, items);
                    return ExitCodes.Success;
                }

                var table = new Table("NAMESPACE", "NAME", "PHASE", "NODE", "TURNS", "QUEUE", "STORAGE", "COST", "LAST-ACTIVITY", "AGE");
                await foreach (var session in cluster.Client.ListAsync(AgentSessionResource.Type, options, token))
                {
                    var status = session.Status;
                    table.Add(
                        session.Metadata.Namespace,
                        session.Metadata.Name,
                        status?.Phase?.ToString(),
                        status?.NodeName,
                        Texts.Number(status?.Turns),
                        Texts.Number(status?.QueueLength),
                        Texts.Bytes(status?.StorageBytes),
                        Texts.Money(status?.Usage?.CostUSD),
                        Texts.Since(status?.LastActivityTime, context.Clock),
                        Texts.Since(session.Metadata.CreationTimestamp, context.Clock)
                    );
                }

                if (table.Count == 0)
                {
                    context.Screen.Note("No sessions found.");
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

    private Command CreateMessages()
    {
        var name = new Argument<string>("session") { HelpName = "SESSION", Description = "The name of the session." };
        var offset = new Option<long>("--offset") { HelpName = "NUMBER", Description = "The number of the first message, from 0." };
        var limit = new Option<int?>("--limit") { HelpName = "NUMBER", Description = "The most messages. Default: all." };
        var command = new Command("messages", "Print the conversation of a session.") { name, offset, limit };
        var output = new OutputFlag(command, context, "text", "json");
        context.Kinds.Add(name, CompletionKind.Session);
        command.SetAction(
            async (parsed, token) =>
            {
                var format = output.Read(parsed);
                var (first, most) = (parsed.GetValue(offset), parsed.GetValue(limit));
                if (first < 0 || most < 1)
                {
                    throw new UsageException(first < 0 ? "--offset: must be 0 or more" : "--limit: must be 1 or more");
                }

                using var cluster = context.Connect(parsed);
                var history = new SessionHistory(cluster.Client, cluster.Key(parsed.GetValue(name)!));
                if (format == "json")
                {
                    var all = new JsonArray();
                    await foreach (var page in history.ReadAsync(first, most, token))
                    {
                        foreach (var message in page["messages"] as JsonArray ?? [])
                        {
                            all.Add(message?.DeepClone());
                        }
                    }

                    await context.Screen.Out.WriteAsync(JsonOutput.Write(new JsonObject { ["messages"] = all }));
                    return ExitCodes.Success;
                }

                await foreach (var page in history.ReadAsync(first, most, token))
                {
                    foreach (var message in page["messages"]?.Deserialize(StreamsJson.Default.ListConversationMessage) ?? [])
                    {
                        Print(message);
                    }

                    await context.Screen.Out.FlushAsync(token);
                }

                return ExitCodes.Success;
            }
        );
        return command;
    }

    private void Print(ConversationMessage message)
    {
        var screen = context.Screen;
        var head = $"{message.Index?.ToString(CultureInfo.InvariantCulture)} {SafeText.Line(message.Role)} {Texts.Time(message.Time)}";
        screen.Out.WriteLine(screen.Paint(Colour.Faint, head.Trim()));
        if (!string.IsNullOrWhiteSpace(message.Text))
        {
            screen.Out.WriteLine(SafeText.Block(message.Text).TrimEnd('\n'));
        }

        foreach (var call in message.ToolCalls ?? [])
        {
            screen.Out.WriteLine(screen.Paint(Colour.Cyan, $"> {Short(call)}"));
        }

        foreach (var result in message.ToolResults ?? [])
        {
            screen.Out.WriteLine(screen.Paint(Colour.Faint, $"< {Short(result)}"));
        }

        screen.Out.WriteLine();
    }

    // One line: what it is called, and the beginning of the rest.
    private static string Short(JsonElement element)
    {
        const int Longest = 200;
        var text = new StringBuilder();
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                if (property is { Name: "isError", Value.ValueKind: JsonValueKind.True })
                {
                    text.Insert(0, "error: ");
                }
                else if (property.Name is not ("id" or "isError"))
                {
                    text.Append(text.Length > 0 ? " " : "")
                        .Append(
                            property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText()
                        );
                }
            }
        }
        else
        {
            text.Append(element.ValueKind == JsonValueKind.String ? element.GetString() : element.GetRawText());
        }

        var line = SafeText.Line(text.ToString());
        return line.Length > Longest ? $"{line[..Longest]}…" : line;
    }

    private Command CreateDelete()
    {
        var names = new Argument<string[]>("sessions")
        {
            HelpName = "SESSION",
            Description = "The names of the sessions.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("delete", "Delete sessions, with their conversations and workspaces.") { names };
        context.Kinds.Add(names, CompletionKind.Session);
        command.SetAction(
            async (parsed, token) =>
            {
                using var cluster = context.Connect(parsed);
                foreach (var name in parsed.GetValue(names)!)
                {
                    var key = cluster.Key(name);
                    // Asked for by name: that it is not there is an answer that a person wants.
                    var session = await cluster.Client.GetAsync(AgentSessionResource.Type, key, token);
                    await cluster.Client.DeleteAsync(
                        AgentSessionResource.Type,
                        key,
                        new() { Preconditions = new() { Uid = session.Metadata.Uid } },
                        token
                    );
                    await context.Screen.Out.WriteLineAsync($"{Cluster.Reference(AgentSessionResource.Type, key.Name)} deleted");
                }

                return ExitCodes.Success;
            }
        );
        return command;
    }
}
