using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;
using Stromboli.Crds;

namespace Stromboli.Cli.Commands;

/// <summary><c>cp</c>: fetches files of a workspace.</summary>
internal sealed class CopyCommand(CliContext context)
{
    private readonly Argument<string> _source = new("source")
    {
        HelpName = "RUN:PATH",
        Description = "A path below the workspace of a run, or of a session: session/NAME:PATH.",
    };

    private readonly Argument<string> _target = new("target")
    {
        HelpName = "DEST",
        Description = "A path of this machine. In a directory, the copy keeps its name. - writes a file to the standard output.",
    };

    private readonly Option<bool> _recursive = new("--recursive", "-r")
    {
        Description = "Copy a directory with everything below it, except links and .git.",
    };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("cp", "Copy files out of the workspace of a run or session, while it runs and until its TTL.")
        {
            _source,
            _target,
            _recursive,
        };
        context.Kinds.Add(_source, CompletionKind.RunPath);
        context.Kinds.Add(_target, CompletionKind.File);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var source = CopySource.Parse(parsed.GetValue(_source)!);
        var target = parsed.GetValue(_target)!;
        using var cluster = context.Connect(parsed);
        var copy = new WorkspaceCopy(
            cluster.Client,
            source.IsSession ? AgentSessionResource.Type.Plural : AgentRunResource.Type.Plural,
            cluster.Key(source.Owner),
            context.Screen.Note,
            context.Clock
        );
        if (target == "-")
        {
            IByteSink sink = context.Screen.OutIsTerminal ? new SafeTextSink(context.Screen.Out) : new RawSink(context.Screen.Bytes);
            await copy.WriteAsync(source.Path, sink, cancellationToken);
            return ExitCodes.Success;
        }

        await copy.CopyAsync(source.Path, source.TargetIn(target), parsed.GetValue(_recursive), cancellationToken);
        context.Screen.Note($"{copy.Files} {(copy.Files == 1 ? "file" : "files")}, {Texts.Bytes(copy.Bytes)}");
        return copy.Skipped == 0 ? ExitCodes.Success : ExitCodes.Error;
    }
}

/// <summary>The source of a copy.</summary>
/// <param name="IsSession">Whether it is a session's workspace.</param>
/// <param name="Owner">The name of the run or session.</param>
/// <param name="Path">The path below the workspace; empty for the workspace itself.</param>
internal sealed record CopySource(bool IsSession, string Owner, string Path)
{
    /// <summary>Reads <c>RUN:PATH</c>, <c>run/NAME:PATH</c> or <c>session/NAME:PATH</c>.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    public static CopySource Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw new UsageException($"'{SafeText.Line(text)}' must be RUN:PATH; files are copied from a workspace and not into it");
        }

        var (owner, path) = (text[..colon], text[(colon + 1)..]);
        var slash = owner.IndexOf('/', StringComparison.Ordinal);
        var kind = slash < 0 ? "run" : owner[..slash];
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment != ".").ToList();
        return segments.Contains("..") ? throw new UsageException("a path in a workspace must not contain ..")
            : kind is "session" or "agentsession" or "agentsessions" ? new(true, owner[(slash + 1)..], string.Join('/', segments))
            : kind is "run" or "agentrun" or "agentruns" ? new(false, owner[(slash + 1)..], string.Join('/', segments))
            : throw new UsageException($"'{SafeText.Line(kind)}' has no workspace: name a run or session/NAME");
    }

    /// <summary>Where the copy goes: into a directory that is there, else to the path itself.</summary>
    public string TargetIn(string target)
    {
        var name = Path[(Path.LastIndexOf('/') + 1)..];
        return name.Length > 0 && Directory.Exists(target) ? LocalTree.Child(target, name) : target;
    }
}
