using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary>All commands, and how their failures end: one sentence and an exit code.</summary>
internal sealed class CommandLine
{
    // After Ctrl-C a command only says what goes on without it.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(2);

    private readonly CliContext _context;

    /// <summary>Makes the commands.</summary>
    public CommandLine(CliContext context)
    {
        _context = context;
        var root = new RootCommand("Run coding agents on Stromboli, follow them, and take their work home.");
        Root = root;
        root.Directives.Clear();
        root.Options.Clear();
        context.Flags = new GlobalFlags(root);
        var help = new HelpOption { Action = new HelpAction(context, wasAskedFor: true), Recursive = true };
        root.Options.Add(help);
        foreach (
            var command in (Command[])
                [
                    new RunCommand(context).Create(),
                    new LogsCommand(context).Create(),
                    new DiffCommand(context).Create(),
                    new CopyCommand(context).Create(),
                    new CancelCommand(context).Create(),
                    new RetryCommand(context).Create(),
                    new ListCommand(context).Create(),
                    new DescribeCommand(context).Create(),
                    new TopCommand(context).Create(),
                    new SessionCommands(context).Create(),
                    new NodeCommands(context).Create(),
                    new ImageCommands(context).Create(),
                    new CompletionCommands(context).Create(),
                    new VersionCommand(context).Create(),
                ]
        )
        {
            root.Subcommands.Add(command);
        }

        context.Kinds.Add(context.Flags.Namespace, CompletionKind.Namespace);
        foreach (var option in context.Flags.All.Where(option => option.HelpName == "FILE"))
        {
            context.Kinds.Add(option, CompletionKind.File);
        }

        ShowHelpWithoutSubcommand(root);
    }

    /// <summary>The root of the commands.</summary>
    public Command Root { get; }

    /// <summary>Runs a command line.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> InvokeAsync(string[] args, CancellationToken cancellationToken = default)
    {
        // The words to complete are not those of a valid command line, so they are not parsed as one.
        if (args is [CompletionCommands.Engine, .. var words])
        {
            return await new CompletionCommands(_context).CompleteAsync(Root, words, cancellationToken);
        }

        var parsed = Root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return Fail(ExitCodes.Usage, $"error: {SafeText.Line(parsed.Errors[0].Message).TrimEnd('.')}", parsed);
        }

        try
        {
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = _context.Screen.Out,
                    Error = _context.Screen.Error,
                    ProcessTerminationTimeout = TerminationTimeout,
                    EnableDefaultExceptionHandler = false,
                },
                cancellationToken
            );
            await _context.Screen.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (UsageException e)
        {
            return Fail(ExitCodes.Usage, ErrorText.Of(e), parsed);
        }
        catch (CliException e)
        {
            return Fail(e.ExitCode, ErrorText.Of(e));
        }
        catch (OperationCanceledException)
        {
            _context.Screen.Error.WriteLine();
            return Fail(ExitCodes.Interrupted, _context.OnInterrupt ?? "interrupted");
        }
        catch (OutputClosedException)
        {
            return ExitCodes.OutputClosed;
        }
        catch (Exception e)
            when (e is ApiException or KubeConfigException or IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return Fail(ExitCodes.Error, ErrorText.Of(e));
        }
    }

    private int Fail(int code, string sentence, ParseResult? parsed = null)
    {
        try
        {
            _context.Screen.Out.Flush();
        }
        catch (IOException)
        {
            return ExitCodes.OutputClosed;
        }

        _context.Screen.Error.WriteLine(sentence);
        if (parsed is not null)
        {
            _context.Screen.Error.WriteLine($"See '{HelpText.NameOf(parsed.CommandResult.Command, _context.Program)} --help'.");
        }

        return code;
    }

    private void ShowHelpWithoutSubcommand(Command command)
    {
        foreach (var sub in command.Subcommands)
        {
            ShowHelpWithoutSubcommand(sub);
        }

        command.Action ??= new HelpAction(_context, wasAskedFor: false);
    }
}

/// <summary>Prints the help of the command that was named.</summary>
internal sealed class HelpAction(CliContext context, bool wasAskedFor) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => wasAskedFor;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        context.Screen.Out.Write(HelpText.Of(parseResult.CommandResult.Command, context));
        return ExitCodes.Success;
    }
}
