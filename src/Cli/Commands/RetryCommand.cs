using System.CommandLine;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Manifests;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Schema;

namespace Stromboli.Cli.Commands;

/// <summary><c>retry</c>: a new run from an old one.</summary>
internal sealed partial class RetryCommand(CliContext context)
{
    /// <summary>The annotation with the name of the run that a run was made from.</summary>
    public const string RetryOf = $"{ApiGroup.Name}/retry-of";

    // A generated name has five more characters, and labels have at most 63.
    private const int MaxPrefix = 50;

    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "The name of the old run." };

    private readonly Option<string?> _name = new("--name") { HelpName = "NAME", Description = "The name of the new run." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command(
            "retry",
            "Create a new run with the spec of an old one. Flags change its fields. With --wait or --follow the exit code is the run's outcome."
        )
        {
            _run,
            _name,
        };
        var spec = new SpecFlags(command, context, withSession: false);
        var wait = new WaitFlags(command, context);
        context.Kinds.Add(_run, CompletionKind.Run);
        command.SetAction((parsed, token) => RunAsync(parsed, spec, wait, token));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, SpecFlags spec, WaitFlags wait, CancellationToken cancellationToken)
    {
        wait.Check(parsed);
        using var cluster = context.Connect(parsed);
        var key = cluster.Key(parsed.GetValue(_run)!);
        var old = JsonOutput.ObjectOf(await cluster.Client.GetRawAsync(Cluster.PathOf(AgentRunResource.Type, key), cancellationToken));
        var target = Copy(old, parsed.GetValue(_name) is { } name ? Cluster.Checked(name) : null);
        spec.Apply(parsed, target);
        var path = $"{Cluster.PathOf(AgentRunResource.Type, key.Namespace)}?fieldManager=kubectl-stromboli&fieldValidation=Strict";
        var created = JsonOutput.ObjectOf(await cluster.Client.CreateRawAsync(path, target, cancellationToken));
        return await wait.FinishAsync(parsed, cluster, created, cancellationToken);
    }

    /// <summary>The new run: the spec as it was written, except what stopped the old one, and the labels of its author.</summary>
    internal static JsonObject Copy(JsonObject old, string? name)
    {
        var oldName = JsonPath.Text(old, "metadata.name") ?? "";
        var spec = (JsonObject)(old["spec"]?.DeepClone() ?? new JsonObject());
        spec.Remove("cancel");
        spec.Remove("suspend");
        var metadata = new JsonObject { ["namespace"] = JsonPath.Text(old, "metadata.namespace") };
        if (name is not null)
        {
            metadata["name"] = name;
        }
        else
        {
            var prefix = Suffix().Replace(oldName, "");
            metadata["generateName"] = $"{prefix[..Math.Min(prefix.Length, MaxPrefix)].TrimEnd('-', '.')}-retry-";
        }

        metadata["annotations"] = new JsonObject { [RetryOf] = oldName };
        if (old["metadata"]?["labels"] is JsonObject labels)
        {
            metadata["labels"] = new JsonObject(
                labels
                    .Where(label => !label.Key.StartsWith($"{ApiGroup.Name}/", StringComparison.Ordinal))
                    .Select(label => KeyValuePair.Create(label.Key, label.Value?.DeepClone()))
            );
        }

        return new JsonObject
        {
            ["apiVersion"] = ApiGroup.ApiVersion,
            ["kind"] = "AgentRun",
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
    }

    // The retry of a retry has the name of the first.
    [GeneratedRegex(@"-retry-[a-z0-9]{5}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Suffix();
}
