using System.CommandLine;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Commands;

/// <summary><c>completion</c>, and the hidden <c>__complete</c> that shells and kubectl call.</summary>
internal sealed class CompletionCommands(CliContext context)
{
    /// <summary>The word with which shells and kubectl ask for completions.</summary>
    public const string Engine = "__complete";

    // A person waits with a finger on the key.
    private static readonly TimeSpan LookUpTimeout = TimeSpan.FromSeconds(3);
    private const int MaxNames = 500;

    /// <summary>Makes the command that prints scripts.</summary>
    public Command Create()
    {
        var command = new Command(
            "completion",
            "Print a script that completes stromboli in a shell. For kubectl, put kubectl_complete-stromboli into the PATH."
        );
        foreach (var shell in ShellScripts.Shells)
        {
            var sub = new Command(shell, $"The script for {shell}.");
            sub.SetAction(_ =>
            {
                context.Screen.Out.Write(ShellScripts.For(shell));
                return ExitCodes.Success;
            });
            command.Subcommands.Add(sub);
        }

        return command;
    }

    /// <summary>Completes words and prints the answer. It never fails: a shell would show that in the middle of a line.</summary>
    public async Task<int> CompleteAsync(Command root, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var completer = new Completer(root, context.Kinds, (kind, before, token) => LookUpAsync(root, kind, before, token));
        foreach (var line in await completer.CompleteAsync(words, cancellationToken))
        {
            await context.Screen.Out.WriteLineAsync(line);
        }

        await context.Screen.Out.FlushAsync(cancellationToken);
        return ExitCodes.Success;
    }

    private async Task<IReadOnlyList<string>> LookUpAsync(
        Command root,
        CompletionKind kind,
        IReadOnlyList<string> before,
        CancellationToken cancellationToken
    )
    {
        try
        {
            using var timeout = new CancellationTokenSource(LookUpTimeout, context.Clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            using var cluster = context.Connect(root.Parse(before));
            return kind switch
            {
                CompletionKind.Run or CompletionKind.RunPath => await NamesAsync(cluster, AgentRunResource.Type, linked.Token),
                CompletionKind.Session => await NamesAsync(cluster, AgentSessionResource.Type, linked.Token),
                CompletionKind.Node => await NamesAsync(cluster, AgentNodeResource.Type, linked.Token),
                CompletionKind.Namespace => await NamesAsync(cluster, BuiltIn.Namespaces, linked.Token),
                _ => [],
            };
        }
        catch (Exception e) when (e is ApiException or KubeConfigException or CliException or OperationCanceledException)
        {
            return [];
        }
    }

    private static async Task<IReadOnlyList<string>> NamesAsync<T>(Cluster cluster, ResourceType<T> type, CancellationToken token)
        where T : class, IKubernetesObject
    {
        var options = new ListOptions { Namespace = type.Namespaced ? cluster.Namespace : null, Limit = MaxNames };
        var page = await cluster.Client.ListPageAsync(type, options, token);
        return [.. page.Items.Select(item => item.Metadata.Name ?? "").Order(StringComparer.Ordinal)];
    }
}
