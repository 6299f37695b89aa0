using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Manifests;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Commands;

/// <summary>The flags that set fields of a run or a session.</summary>
internal sealed class SpecFlags
{
    private readonly Option<string?> _image = Text("--image", "IMAGE", "The container image. Default: the operator's.");
    private readonly Option<string?> _model = Text("--model", "MODEL", "The model, such as claude-sonnet-5-5.");
    private readonly Option<string?> _permissionMode = Text(
        "--permission-mode",
        "MODE",
        "What the agent may do without being asked: acceptEdits, bypassPermissions, …"
    );
    private readonly Option<string?> _git = Text("--git", "URL", "A Git repository to clone into the workspace.");
    private readonly Option<string?> _branch = Text("--branch", "REF", "The branch, tag or commit to check out. Needs a repository.");
    private readonly Option<string[]> _env = new("--env")
    {
        HelpName = "NAME=VALUE",
        Description = "An environment variable of the agent. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?>? _session;

    /// <summary>Adds the flags to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="context">What commands share.</param>
    /// <param name="withSession">Whether the object may belong to a session.</param>
    public SpecFlags(Command command, CliContext context, bool withSession)
    {
        command.Options.Add(_image);
        command.Options.Add(_model);
        command.Options.Add(_permissionMode);
        context.Kinds.Add(_permissionMode, "acceptEdits", "auto", "bypassPermissions", "default", "delegate", "dontAsk", "manual", "plan");
        if (withSession)
        {
            _session = Text("--session", "NAME", "The session to continue, with its conversation and workspace.");
            command.Options.Add(_session);
            context.Kinds.Add(_session, CompletionKind.Session);
        }

        command.Options.Add(_git);
        command.Options.Add(_branch);
        command.Options.Add(_env);
    }

    /// <summary>Sets the fields of the flags that are there.</summary>
    /// <exception cref="UsageException">A flag has a value that is not valid.</exception>
    public void Apply(ParseResult parsed, JsonObject target)
    {
        Set(target, "spec.image", parsed.GetValue(_image));
        Set(target, "spec.agent.claude.model", parsed.GetValue(_model));
        Set(target, "spec.agent.claude.permissionMode", parsed.GetValue(_permissionMode));
        Set(target, "spec.sessionRef.name", _session is null ? null : parsed.GetValue(_session));
        Set(target, "spec.workspace.git.url", parsed.GetValue(_git));
        if (parsed.GetValue(_branch) is { } branch)
        {
            if (JsonPath.Text(target, "spec.workspace.git.url") is null)
            {
                throw new UsageException("--branch needs a repository: add --git URL");
            }

            Set(target, "spec.workspace.git.ref", branch);
        }

        if (parsed.GetValue(_env) is { Length: > 0 } variables)
        {
            AddVariables(target, variables);
        }
    }

    // A variable that the file sets too gets the value of the flag.
    private static void AddVariables(JsonObject target, string[] variables)
    {
        var spec = target["spec"] as JsonObject ?? [];
        target["spec"] = spec;
        var list = spec["env"] as JsonArray ?? [];
        spec["env"] = list;
        foreach (var variable in variables)
        {
            var equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new UsageException($"--env {SafeText.Line(variable)}: must be NAME=VALUE");
            }

            var name = variable[..equals];
            if (list.FirstOrDefault(item => item?["name"]?.ToString() == name) is { } old)
            {
                list.Remove(old);
            }

            list.Add((JsonNode)new JsonObject { ["name"] = name, ["value"] = variable[(equals + 1)..] });
        }
    }

    private static void Set(JsonObject target, string path, string? value)
    {
        if (value is { Length: > 0 })
        {
            JsonPath.Set(target, path, value);
        }
    }

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };
}
