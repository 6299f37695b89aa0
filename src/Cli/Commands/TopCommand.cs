using System.CommandLine;
using System.Globalization;
using Stromboli.Cli.Output;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Cli.Commands;

/// <summary><c>top</c>: what is under way, and what the namespace's runs cost by model.</summary>
internal sealed class TopCommand(CliContext context)
{
    private readonly Option<bool> _all = new("--all-namespaces", "-A") { Description = "The runs of all namespaces." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("top", "Show the runs under way, longest first, and what all runs that are still there used by model.")
        {
            _all,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var cluster = context.Connect(parsed);
        var options = new ListOptions { Namespace = parsed.GetValue(_all) ? null : cluster.Namespace };
        List<AgentRun> active = [];
        var models = new SortedDictionary<string, ModelUse>(StringComparer.Ordinal);
        await foreach (var run in cluster.Client.ListAsync(AgentRunResource.Type, options, cancellationToken))
        {
            if (run.Status?.Usage is { } usage)
            {
                var model = run.Status.Model ?? "";
                models[model] = models.GetValueOrDefault(model, new ModelUse()).Plus(usage);
            }

            if (run.Status?.Phase is RunPhase.Preparing or RunPhase.Running)
            {
                active.Add(run);
            }
        }

        PrintActive(active);
        if (models.Count > 0)
        {
            await context.Screen.Out.WriteLineAsync();
            PrintModels(models);
        }

        return ExitCodes.Success;
    }

    private void PrintActive(List<AgentRun> active)
    {
        if (active.Count == 0)
        {
            context.Screen.Note("No runs are under way.");
            return;
        }

        var table = new Table("NAMESPACE", "NAME", "PHASE", "NODE", "MODEL", "FOR", "LEFT");
        foreach (var run in active.OrderBy(Begin))
        {
            var status = run.Status!;
            table.Add(
                run.Metadata.Namespace,
                run.Metadata.Name,
                new Cell(status.Phase.ToString(), Texts.ColourOf(status.Phase)),
                status.NodeName,
                status.Model,
                Texts.Since(Begin(run), context.Clock),
                status.Deadline is { } deadline ? Texts.Age(deadline - context.Clock.GetUtcNow()) : ""
            );
        }

        table.Print(context.Screen);
    }

    private void PrintModels(SortedDictionary<string, ModelUse> models)
    {
        var table = new Table("MODEL", "RUNS", "TURNS", "TOKENS", "COST");
        foreach (var (model, use) in models)
        {
            table.Add(model, Texts.Number(use.Runs), Texts.Number(use.Turns), Texts.Number(use.Tokens), Money(use.Cost));
        }

        if (models.Count > 1)
        {
            var all = models.Values.Aggregate((left, right) => left.Plus(right));
            table.Add("all", Texts.Number(all.Runs), Texts.Number(all.Turns), Texts.Number(all.Tokens), Money(all.Cost));
        }

        table.Print(context.Screen);
    }

    private static string Money(decimal cost) => Texts.Money(cost.ToString(CultureInfo.InvariantCulture));

    private static DateTimeOffset? Begin(AgentRun run) =>
        Conditions.Find(run.Status?.Conditions, RunConditions.Started) is { Status: ConditionStatus.True } started
            ? started.LastTransitionTime
            : run.Status?.StartTime;

    private readonly record struct ModelUse(long Runs, long Turns, long Tokens, decimal Cost)
    {
        public ModelUse Plus(RunUsage usage) =>
            new(
                Runs + 1,
                Turns + (usage.Turns ?? 0),
                Tokens + (usage.TotalTokens ?? 0),
                Cost + (decimal.TryParse(usage.CostUSD, NumberStyles.Number, CultureInfo.InvariantCulture, out var cost) ? cost : 0)
            );

        public ModelUse Plus(ModelUse other) => new(Runs + other.Runs, Turns + other.Turns, Tokens + other.Tokens, Cost + other.Cost);
    }
}
