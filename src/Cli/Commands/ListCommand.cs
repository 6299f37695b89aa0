using System.CommandLine;
using System.Text.Json.Nodes;
using Stromboli.Cli.Connection;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary><c>ls</c>: the runs of a namespace.</summary>
internal sealed class ListCommand(CliContext context)
{
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Go on, with a line for each change." };
    private readonly Option<bool> _all = new("--all-namespaces", "-A") { Description = "The runs of all namespaces." };
    private readonly Option<string?> _selector = new("--selector", "-l")
    {
        HelpName = "SELECTOR",
        Description = "Only runs with these labels, such as team=web.",
    };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("ls", "List runs, oldest first.") { _watch, _all, _selector };
        var output = new OutputFlag(command, context, "wide", "json", "yaml", "name");
        command.SetAction((parsed, token) => RunAsync(parsed, output, token));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, OutputFlag output, CancellationToken cancellationToken)
    {
        var format = output.Read(parsed);
        var watch = parsed.GetValue(_watch);
        if (watch && format is "json" or "yaml")
        {
            throw new UsageException("--watch prints lines: it does not go together with --output json or yaml");
        }

        using var cluster = context.Connect(parsed);
        var everywhere = parsed.GetValue(_all);
        var options = new ListOptions { Namespace = everywhere ? null : cluster.Namespace, LabelSelector = parsed.GetValue(_selector) };
        if (format is "json" or "yaml")
        {
            var items = await RawList.ReadAsync(cluster.Client, AgentRunResource.Type, options, cancellationToken);
            OutputFlag.PrintList(context.Screen, format, AgentRunResource.Type, items);
            return ExitCodes.Success;
        }

        var rows = new RunRows(context, everywhere, format == "wide");
        string? version = null;
        List<AgentRun> runs = [];
        do
        {
            var page = await cluster.Client.ListPageAsync(AgentRunResource.Type, options, cancellationToken);
            runs.AddRange(page.Items);
            version = page.Metadata.ResourceVersion;
            options = options with { Continue = page.Metadata.Continue };
        } while (!string.IsNullOrEmpty(options.Continue));

        runs.Sort((left, right) => Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp));
        Print(format, rows, runs, options.Namespace);
        if (watch)
        {
            await WatchAsync(cluster.Client, rows, format, options, version, cancellationToken);
        }

        return ExitCodes.Success;
    }

    private void Print(string? format, RunRows rows, List<AgentRun> runs, string? ns)
    {
        if (format == "name")
        {
            runs.ForEach(run => context.Screen.Out.WriteLine(Cluster.Reference(AgentRunResource.Type, run.Metadata.Name)));
        }
        else if (runs.Count == 0)
        {
            context.Screen.Note(ns is null ? "No runs found." : $"No runs found in the namespace {SafeText.Line(ns)}.");
        }
        else
        {
            rows.Print(runs);
        }

        context.Screen.Out.Flush();
    }

    private async Task WatchAsync(
        KubeClient client,
        RunRows rows,
        string? format,
        ListOptions list,
        string? version,
        CancellationToken cancellationToken
    )
    {
        var backoff = new Runs.Backoff(context.Clock);
        while (true)
        {
            try
            {
                var options = new WatchOptions
                {
                    Namespace = list.Namespace,
                    LabelSelector = list.LabelSelector,
                    ResourceVersion = version,
                };
                await foreach (var change in client.WatchAsync(AgentRunResource.Type, options, cancellationToken))
                {
                    backoff.Reset();
                    version = change.ResourceVersion;
                    if (change.Object is not { } run || change.Type == WatchEventType.Bookmark)
                    {
                        continue;
                    }

                    if (format == "name")
                    {
                        await context.Screen.Out.WriteLineAsync(Cluster.Reference(AgentRunResource.Type, run.Metadata.Name));
                    }
                    else
                    {
                        rows.PrintRow(run, change.Type == WatchEventType.Deleted);
                    }

                    await context.Screen.Out.FlushAsync(cancellationToken);
                }
            }
            catch (ApiException e) when (e.IsGone)
            {
                // What is there is printed once more, because what happened meanwhile is not known.
                version = null;
            }
            catch (ApiException e) when (e.IsTransient && backoff.Waited < Runs.RunWatcher.Patience)
            {
                // The API server is away for a moment.
            }

            await backoff.WaitAsync(cancellationToken);
        }
    }
}

/// <summary>Runs as rows of a table.</summary>
internal sealed class RunRows(CliContext context, bool everywhere, bool wide)
{
    private readonly Table _table = new([
        .. everywhere ? (string[])["NAMESPACE"] : [],
        "NAME",
        "PHASE",
        "REASON",
        "NODE",
        "COST",
        "AGE",
        .. wide ? (string[])["SESSION", "MODEL", "TURNS", "TOKENS", "DURATION", "MESSAGE"] : [],
    ]);

    private bool _printed;

    /// <summary>Prints the table.</summary>
    public void Print(IEnumerable<AgentRun> runs)
    {
        foreach (var run in runs)
        {
            _table.Add(Cells(run, gone: false));
        }

        _table.Print(context.Screen);
        _printed = true;
    }

    /// <summary>Prints one more row.</summary>
    public void PrintRow(AgentRun run, bool gone)
    {
        if (!_printed)
        {
            Print([run]);
            return;
        }

        _table.PrintRow(context.Screen, Cells(run, gone));
    }

    private Cell[] Cells(AgentRun run, bool gone)
    {
        var status = run.Status;
        Cell phase = gone ? new("(deleted)", Colour.Faint) : new(status?.Phase?.ToString(), Texts.ColourOf(status?.Phase));
        var place = status?.QueuePosition is { } position ? $" ({position})" : "";
        return
        [
            .. everywhere ? (Cell[])[run.Metadata.Namespace] : [],
            run.Metadata.Name,
            phase,
            $"{status?.Reason}{place}",
            status?.NodeName,
            Texts.Money(status?.Usage?.CostUSD),
            Texts.Since(run.Metadata.CreationTimestamp, context.Clock),
            .. wide
                ? (Cell[])
                    [
                        run.Spec?.SessionRef?.Name,
                        status?.Model,
                        Texts.Number(status?.Usage?.Turns),
                        Texts.Number(status?.Usage?.TotalTokens),
                        status?.Duration?.Text,
                        status?.Message,
                    ]
                : [],
        ];
    }
}

/// <summary>Lists with every field that the server has.</summary>
internal static class RawList
{
    /// <summary>Reads all pages.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ReadAsync<T>(
        KubeClient client,
        ResourceType<T> type,
        ListOptions options,
        CancellationToken cancellationToken
    )
        where T : class, Kubernetes.Model.IKubernetesObject
    {
        List<JsonObject> items = [];
        string? next = null;
        do
        {
            var path =
                $"{Cluster.PathOf(type, options.Namespace)}?limit=500"
                + (options.LabelSelector is { } labels ? $"&labelSelector={Uri.EscapeDataString(labels)}" : "")
                + (next is null ? "" : $"&continue={Uri.EscapeDataString(next)}");
            var page = JsonOutput.ObjectOf(await client.GetRawAsync(path, cancellationToken));
            foreach (var item in page["items"] as JsonArray ?? [])
            {
                var copy = (JsonObject)item!.DeepClone();
                copy["apiVersion"] ??= type.ApiVersion;
                copy["kind"] ??= type.Kind;
                items.Add(copy);
            }

            next = page["metadata"]?["continue"]?.ToString();
        } while (!string.IsNullOrEmpty(next));

        return items;
    }
}
