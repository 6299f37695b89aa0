namespace Stromboli.Crds.Runs;

/// <summary>A command that runs before the agent.</summary>
/// <param name="Name">Its list and place in it: <c>postCreate[1]</c>.</param>
/// <param name="Command">A line for a shell.</param>
public sealed record LifecycleHook(string Name, string Command)
{
    /// <summary>The commands of a spec in their order; none for null.</summary>
    public static IReadOnlyList<LifecycleHook> Of(LifecycleSpec? lifecycle) =>
        [.. Of("onCreate", lifecycle?.OnCreate), .. Of("postCreate", lifecycle?.PostCreate), .. Of("postStart", lifecycle?.PostStart)];

    private static IEnumerable<LifecycleHook> Of(string list, List<string>? commands) =>
        (commands ?? []).Select((command, place) => new LifecycleHook($"{list}[{place}]", command));
}
