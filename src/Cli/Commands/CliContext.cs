using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary>What all commands share.</summary>
/// <param name="Screen">Where they print.</param>
/// <param name="Input">The standard input.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Program">How the user calls the program.</param>
internal sealed record CliContext(Screen Screen, TextReader Input, TimeProvider Clock, string Program)
{
    /// <summary>What values name, for completion.</summary>
    public CompletionKinds Kinds { get; } = new();

    /// <summary>kubectl's global flags; set when the commands are made.</summary>
    public GlobalFlags Flags { get; set; } = null!;

    /// <summary>What a person may do about the run that the command works on when it is interrupted; null if nothing is under way.</summary>
    public string? OnInterrupt { get; set; }

    /// <summary>The cluster that the command line chooses.</summary>
    /// <exception cref="KubeConfigException">There is none.</exception>
    /// <exception cref="UsageException">A flag has a value that is not valid.</exception>
    public Cluster Connect(ParseResult parsed) => new(Flags.Load(parsed), Flags.RequestTimeout(parsed), Clock);

    /// <summary>Says what a person may do about this run if the command is interrupted.</summary>
    public void Guard(NamespacedName run) =>
        OnInterrupt =
            $"{SafeText.Line(run.Name)} goes on. Follow it: {Program} logs -f {run.Name} -n {run.Namespace}\n"
            + $"Cancel it: {Program} cancel {run.Name} -n {run.Namespace}";

    /// <summary>Waits for runs of the cluster.</summary>
    public RunWatcher Watcher(Cluster cluster) => new(cluster.Client, Clock);
}
