using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Manifests;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Schema;

namespace Stromboli.Cli.Commands;

/// <summary><c>run</c>: makes a run from a file or a prompt.</summary>
internal sealed class RunCommand(CliContext context)
{
    private readonly Argument<string?> _prompt = new("prompt")
    {
        HelpName = "PROMPT",
        Description = "What the agent is asked to do; - reads it from the standard input.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _file = new("--filename", "-f", "--file")
    {
        HelpName = "FILE",
        Description = "A YAML or JSON file with one AgentRun; - reads it from the standard input. Flags set its fields.",
    };

    private readonly Option<string?> _name = new("--name")
    {
        HelpName = "NAME",
        Description = "The name of the run. Default: that of the file, or a new one.",
    };

    private readonly Option<string?> _dryRun = new("--dry-run")
    {
        HelpName = "client|server|none",
        Description = "client prints the object and sends nothing; server lets the API server check it and stores nothing.",
    };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command(
            "run",
            "Create a run from a file or a prompt. With --wait or --follow the exit code is the run's outcome."
        )
        {
            _prompt,
            _file,
            _name,
        };
        var spec = new SpecFlags(command, context, withSession: true);
        command.Options.Add(_dryRun);
        var wait = new WaitFlags(command, context);
        context.Kinds.Add(_file, CompletionKind.File);
        context.Kinds.Add(_dryRun, "client", "server", "none");
        command.SetAction((parsed, token) => RunAsync(parsed, spec, wait, token));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, SpecFlags spec, WaitFlags wait, CancellationToken cancellationToken)
    {
        var format = wait.Check(parsed);
        var dryRun = parsed.GetValue(_dryRun) ?? "none";
        if (dryRun is not ("client" or "server" or "none"))
        {
            throw new UsageException($"--dry-run {SafeText.Line(dryRun)}: must be client, server or none");
        }

        var target = await ReadAsync(parsed, cancellationToken);
        spec.Apply(parsed, target);
        if (parsed.GetValue(_name) is { } name)
        {
            JsonPath.Set(target, "metadata.name", Cluster.Checked(name));
        }
        else if (JsonPath.Text(target, "metadata.name") is null && JsonPath.Text(target, "metadata.generateName") is null)
        {
            JsonPath.Set(target, "metadata.generateName", "run-");
        }

        if (dryRun == "client")
        {
            return PrintDryRun(format, target, "dry run");
        }

        using var cluster = context.Connect(parsed);
        var ns = JsonPath.Text(target, "metadata.namespace");
        if (ns is not null && parsed.GetValue(context.Flags.Namespace) is { } chosen && chosen != ns)
        {
            throw new CliException($"the namespace of the file, '{SafeText.Line(ns)}', is not that of the command, '{chosen}'");
        }

        JsonPath.Set(target, "metadata.namespace", ns ?? cluster.Namespace);
        // Fields that the server does not know are refused, as kubectl does; servers before 1.25 drop them.
        var path =
            Cluster.PathOf(AgentRunResource.Type, ns ?? cluster.Namespace)
            + "?fieldManager=kubectl-stromboli&fieldValidation=Strict"
            + (dryRun == "server" ? "&dryRun=All" : "");
        var created = JsonOutput.ObjectOf(await cluster.Client.CreateRawAsync(path, target, cancellationToken));
        return dryRun == "server"
            ? PrintDryRun(format, created, "server dry run")
            : await wait.FinishAsync(parsed, cluster, created, cancellationToken);
    }

    private int PrintDryRun(string? format, JsonObject target, string note)
    {
        if (format is not null)
        {
            OutputFlag.Print(context.Screen, format, AgentRunResource.Type, target);
            return ExitCodes.Success;
        }

        var name = JsonPath.Text(target, "metadata.name") ?? JsonPath.Text(target, "metadata.generateName");
        context.Screen.Out.WriteLine($"{Cluster.Reference(AgentRunResource.Type, name)} created ({note})");
        return ExitCodes.Success;
    }

    private async Task<JsonObject> ReadAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (prompt, file) = (parsed.GetValue(_prompt), parsed.GetValue(_file));
        if (prompt is null == file is null)
        {
            throw new UsageException("name either a prompt or a file (-f)");
        }

        if (file is not null)
        {
            return OnlyRun(YamlManifest.Read(await Files.ReadAsync(file, context.Input, cancellationToken), Files.Describe(file)), file);
        }

        if (prompt == "-")
        {
            prompt = await Files.ReadAsync("-", context.Input, cancellationToken);
        }

        if (string.IsNullOrWhiteSpace(prompt))
        {
            throw new UsageException("the prompt is empty");
        }

        return new JsonObject
        {
            ["apiVersion"] = ApiGroup.ApiVersion,
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject(),
            ["spec"] = new JsonObject { ["prompt"] = prompt },
        };
    }

    private static JsonObject OnlyRun(IReadOnlyList<JsonObject> documents, string file)
    {
        var runs = documents.Where(IsRun).ToList();
        return runs.Count == 1 && documents.Count == 1
            ? runs[0]
            : throw new CliException(
                $"{Files.Describe(file)} must have exactly one AgentRun ({ApiGroup.ApiVersion}) and nothing else; bring other objects with kubectl apply -f"
            );
    }

    private static bool IsRun(JsonObject document) =>
        JsonPath.Text(document, "apiVersion") == ApiGroup.ApiVersion && JsonPath.Text(document, "kind") == "AgentRun";
}

/// <summary>Files of the command line, where - is the standard input.</summary>
internal static class Files
{
    /// <summary>How messages name a file.</summary>
    public static string Describe(string file) => file == "-" ? "the standard input" : $"'{SafeText.Line(file)}'";

    /// <summary>Reads a file of at most <see cref="YamlManifest.MaxBytes"/>.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static async Task<string> ReadAsync(string file, TextReader input, CancellationToken cancellationToken)
    {
        try
        {
            using var reader = file == "-" ? input : new StreamReader(file, Encoding.UTF8);
            var text = new StringBuilder();
            var buffer = new char[16 * 1024];
            while (await reader.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                if (text.Append(buffer, 0, count).Length > YamlManifest.MaxBytes)
                {
                    throw new CliException($"{Describe(file)} is larger than {Texts.Bytes(YamlManifest.MaxBytes)}");
                }
            }

            return text.ToString();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{Describe(file)} cannot be read: {e.Message.TrimEnd('.')}", inner: e);
        }
    }
}
