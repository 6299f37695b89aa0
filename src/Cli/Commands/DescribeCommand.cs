using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Cli.Completion;
using Stromboli.Cli.Output;
using Stromboli.Cli.Runs;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Commands;

/// <summary><c>describe</c>: what happened to a run, and why.</summary>
internal sealed class DescribeCommand(CliContext context)
{
    private const int ResultLines = 40;

    private readonly Argument<string> _run = new("run") { HelpName = "RUN", Description = "The name of the run." };

    private Screen Screen => context.Screen;

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new Command("describe", "Show what happened to a run, and why: attempts, use, result and events.") { _run };
        context.Kinds.Add(_run, CompletionKind.Run);
        command.SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var cluster = context.Connect(parsed);
        var key = cluster.Key(parsed.GetValue(_run)!);
        var run = await cluster.Client.GetAsync(AgentRunResource.Type, key, cancellationToken);
        var events = await EventsAsync(cluster.Client, run, cancellationToken);
        PrintHead(run);
        PrintAttempts(run);
        PrintHooks(run);
        PrintResult(run);
        PrintEvents(events);
        PrintNext(run, key);
        return ExitCodes.Success;
    }

    private void PrintHead(AgentRun run)
    {
        var (spec, status) = (run.Spec, run.Status);
        Field("Name", run.Metadata.Name);
        Field("Namespace", run.Metadata.Namespace);
        if (run.Metadata.Annotations?.GetValueOrDefault(RetryCommand.RetryOf) is { } old)
        {
            Field("Retry of", old);
        }

        Field("Phase", status?.Phase?.ToString() ?? "Pending", Texts.ColourOf(status?.Phase));
        Field("Reason", $"{status?.Reason}");
        Field("Message", status?.Message);
        Field("Queue position", status?.QueuePosition?.ToString(CultureInfo.InvariantCulture));
        Field("Node", status?.NodeName);
        Field("Session", spec?.SessionRef?.Name);
        Field("Image", spec?.Image);
        Field("Repository", spec?.Workspace?.Git?.Url);
        Field("Model", status?.Model ?? spec?.Agent?.Claude?.Model);
        Field("Conversation", status?.SessionID);
        Field("Created", When(run.Metadata.CreationTimestamp));
        Field("Started", When(status?.StartTime));
        Field("Ended", When(status?.CompletionTime));
        Field("Duration", status?.Duration?.Text);
        Field("Deadline", Outcome.IsFinished(run) ? null : When(status?.Deadline));
        Field("Exit code", status?.ExitCode?.ToString(CultureInfo.InvariantCulture));
        Field("Signal", status?.Signal);
        if (status?.Usage is { } usage)
        {
            string[] use =
            [
                Texts.Money(usage.CostUSD),
                usage.Turns is { } turns ? $"{turns} turns" : "",
                usage.TotalTokens is { } tokens
                    ? $"{Texts.Number(tokens)} tokens ({Texts.Number(usage.InputTokens)} in, {Texts.Number(usage.OutputTokens)} out)"
                    : "",
                usage.PermissionDenials is > 0 and var denials ? $"{denials} permissions denied" : "",
            ];
            Field("Use", string.Join(", ", use.Where(part => part.Length > 0)));
        }
    }

    private void PrintAttempts(AgentRun run)
    {
        if (run.Status?.Attempts is not { Count: > 0 } attempts)
        {
            return;
        }

        Heading("Attempts");
        var table = new Table("NUMBER", "NODE", "STARTED", "LASTED", "REASON", "EXIT", "COST");
        foreach (var attempt in attempts)
        {
            table.Add(
                attempt.Attempt?.ToString(CultureInfo.InvariantCulture),
                attempt.Node,
                Texts.Time(attempt.StartTime),
                attempt is { StartTime: { } start, EndTime: { } end } ? Texts.Age(end - start) : "",
                attempt.Reason?.ToString(),
                attempt.ExitCode?.ToString(CultureInfo.InvariantCulture),
                Texts.Money(attempt.CostUSD)
            );
        }

        table.Print(Screen, indent: "  ");
    }

    private void PrintHooks(AgentRun run)
    {
        if (run.Status?.Hooks is not { Count: > 0 } hooks)
        {
            return;
        }

        Heading("Hooks");
        foreach (var hook in hooks)
        {
            Screen.Out.WriteLine(
                $"  {SafeText.Line(hook.Name)}: {hook.Result}{(hook.ExitCode is > 0 and var code ? $" with exit code {code}" : "")}"
                    + $"{(hook.Duration is { } duration ? $" in {SafeText.Line(duration.Text)}" : "")}"
            );
        }
    }

    private void PrintResult(AgentRun run)
    {
        if (run.Status?.Result?.Text is not { Length: > 0 } text)
        {
            return;
        }

        Heading(run.Status.Result.Truncated == true ? $"Result (the end of {Texts.Bytes(run.Status.Result.Bytes)})" : "Result");
        var lines = SafeText.Block(text).TrimEnd('\n').Split('\n');
        if (lines.Length > ResultLines)
        {
            Screen.Out.WriteLine($"  … {lines.Length - ResultLines} lines before");
        }

        foreach (var line in lines.TakeLast(ResultLines))
        {
            Screen.Out.WriteLine($"  {line}");
        }
    }

    private void PrintEvents(IReadOnlyList<JsonObject> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        Heading("Events");
        var table = new Table("AGE", "TYPE", "REASON", "MESSAGE");
        foreach (var one in events)
        {
            var type = one["type"]?.ToString();
            table.Add(
                Texts.Since(TimeOf(one), context.Clock),
                new Cell(type, type == "Warning" ? Colour.Yellow : Colour.None),
                one["reason"]?.ToString(),
                one["message"]?.ToString()
            );
        }

        table.Print(Screen, indent: "  ");
    }

    private void PrintNext(AgentRun run, NamespacedName key)
    {
        var again = Outcome.IsFinished(run)
            ? $"{context.Program} logs {key.Name} -n {key.Namespace}"
            : $"{context.Program} logs -f {key.Name} -n {key.Namespace}";
        Screen.Out.WriteLine();
        Screen.Out.WriteLine($"Log: {again}");
    }

    // The core API, whose field selectors are the same in every version.
    private static async Task<IReadOnlyList<JsonObject>> EventsAsync(KubeClient client, AgentRun run, CancellationToken cancellationToken)
    {
        var path =
            $"/api/v1/namespaces/{Uri.EscapeDataString(run.Metadata.Namespace!)}/events"
            + $"?limit=200&fieldSelector={Uri.EscapeDataString($"involvedObject.uid={run.Metadata.Uid}")}";
        try
        {
            var list = JsonOutput.ObjectOf(await client.GetRawAsync(path, cancellationToken));
            return [.. (list["items"] as JsonArray ?? []).OfType<JsonObject>().OrderBy(TimeOf)];
        }
        catch (ApiException e) when (e.IsForbidden)
        {
            return [];
        }
    }

    private static DateTimeOffset? TimeOf(JsonObject one)
    {
        foreach (var field in (string[])["eventTime", "lastTimestamp", "firstTimestamp"])
        {
            if (DateTimeOffset.TryParse(one[field]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            {
                return time;
            }
        }

        return null;
    }

    private string? When(DateTimeOffset? moment) =>
        moment is null ? null : $"{Texts.Time(moment)} ({Texts.Since(moment, context.Clock)} ago)";

    private void Heading(string title)
    {
        Screen.Out.WriteLine();
        Screen.Out.WriteLine($"{title}:");
    }

    private void Field(string name, string? value, Colour colour = Colour.None)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            Screen.Out.WriteLine($"{name + ":", -16}{Screen.Paint(colour, SafeText.Line(value))}");
        }
    }
}
