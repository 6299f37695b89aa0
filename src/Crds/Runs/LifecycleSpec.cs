using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>
/// Commands that run in the container before the agent: onCreate, then postCreate, then postStart. Each command starts after the previous
/// one has succeeded. A run without a session runs all of them. Each command is a line for /bin/sh of the image and has the agent's user,
/// environment and working directory. A process that a command leaves in the background keeps running beside the agent. If a command fails,
/// the run ends with HookFailed.
/// </summary>
[CelRule(
    "!has(self.timeout) || has(self.onCreate) || has(self.postCreate) || has(self.postStart)",
    "{path}.timeout " + Messages.TimeoutNeedsHooks,
    Field = "timeout"
)]
public sealed record LifecycleSpec
{
    /// <summary>onCreate lists the commands that run first, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Messages.NoNul)]
    public List<string>? OnCreate { get; init; }

    /// <summary>postCreate lists the commands that run after onCreate, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Messages.NoNul)]
    public List<string>? PostCreate { get; init; }

    /// <summary>postStart lists the commands that run immediately before the agent, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Messages.NoNul)]
    public List<string>? PostStart { get; init; }

    /// <summary>
    /// timeout is the maximum duration of all commands together, such as 90s or 5m. It counts towards the timeout of the attempt. Defaults
    /// to 5m.
    /// </summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTimeout)]
    public GoDuration? Timeout { get; init; }
}

/// <summary>A command that runs before the agent.</summary>
/// <param name="Name">The list and the index of the command: <c>postCreate[1]</c>.</param>
/// <param name="Command">A line for <c>/bin/sh</c>.</param>
public sealed record LifecycleHook(string Name, string Command)
{
    /// <summary>The commands of a spec in the order in which they run; none for null.</summary>
    public static IReadOnlyList<LifecycleHook> Of(LifecycleSpec? lifecycle) =>
        [.. Of("onCreate", lifecycle?.OnCreate), .. Of("postCreate", lifecycle?.PostCreate), .. Of("postStart", lifecycle?.PostStart)];

    private static IEnumerable<LifecycleHook> Of(string list, List<string>? commands) =>
        (commands ?? []).Select((command, place) => new LifecycleHook($"{list}[{place}]", command));
}
