using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;

namespace Stromboli.Crds.Runs;

/// <summary>
/// Commands that run in the agent's container before it: onCreate, postCreate and postStart in this order, each after the one before has
/// ended with success. A run without a session runs all of them. Each is a line for the image's /bin/sh, with the agent's user, environment
/// and working directory. What one leaves running in the background lives on beside the agent. One that fails ends the run with HookFailed.
/// </summary>
[CelRule(
    "!has(self.timeout) || has(self.onCreate) || has(self.postCreate) || has(self.postStart)",
    "{path}.timeout " + Sentences.TimeoutNeedsHooks,
    Field = "timeout"
)]
public sealed record LifecycleSpec
{
    /// <summary>Commands that run first, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    public List<string>? OnCreate { get; init; }

    /// <summary>Commands that run after those of onCreate, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    public List<string>? PostCreate { get; init; }

    /// <summary>Commands that run right before the agent, at most 16.</summary>
    [Items(RunLimits.Hooks, Min = 1, TextMin = 1, TextMax = RunLimits.HookLength)]
    [Pattern(Patterns.NoNul, Sentences.NoNul)]
    public List<string>? PostStart { get; init; }

    /// <summary>Time that all commands together may take: 90s, 5m. It is part of the attempt's own timeout. 5m when absent.</summary>
    [DurationBounds(RunLimits.MinTimeout, RunLimits.MaxTimeout)]
    public GoDuration? Timeout { get; init; }
}
