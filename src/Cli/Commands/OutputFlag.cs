using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Commands;

/// <summary>The flag <c>-o</c> of a command.</summary>
internal sealed class OutputFlag
{
    private readonly Option<string?> _option;
    private readonly string[] _formats;

    /// <summary>Adds the flag to a command.</summary>
    public OutputFlag(Command command, CliContext context, params string[] formats)
    {
        _formats = formats;
        _option = new("--output", "-o") { HelpName = string.Join('|', formats), Description = "How to print the result." };
        command.Options.Add(_option);
        context.Kinds.Add(_option, formats);
    }

    /// <summary>The format; null without the flag.</summary>
    /// <exception cref="UsageException">There is no such format.</exception>
    public string? Read(ParseResult parsed) =>
        parsed.GetValue(_option) is not { } format ? null
        : _formats.Contains(format) ? format
        : throw new UsageException($"--output {SafeText.Line(format)}: must be {string.Join(", ", _formats[..^1])} or {_formats[^1]}");

    /// <summary>Prints an object in one of the formats json, yaml and name.</summary>
    public static void Print<T>(Screen screen, string format, ResourceType<T> type, JsonNode target)
        where T : class, IKubernetesObject =>
        screen.Out.Write(
            format switch
            {
                "json" => JsonOutput.Write(target),
                "yaml" => YamlOutput.Write(target),
                _ => Cluster.Reference(type, target["metadata"]?["name"]?.ToString() ?? $"{target["metadata"]?["generateName"]}") + "\n",
            }
        );

    /// <summary>Prints the objects of a list in one of the formats json, yaml and name.</summary>
    public static void PrintList<T>(Screen screen, string format, ResourceType<T> type, IReadOnlyList<JsonObject> items)
        where T : class, IKubernetesObject
    {
        if (format == "name")
        {
            foreach (var item in items)
            {
                Print(screen, format, type, item);
            }

            return;
        }

        var list = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new JsonArray([.. items]),
        };
        Print(screen, format, type, list);
    }
}
