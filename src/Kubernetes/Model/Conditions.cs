namespace Stromboli.Kubernetes.Model;

/// <summary>Pure operations on a list of conditions.</summary>
public static class Conditions
{
    /// <summary>The condition of that type, or null.</summary>
    public static Condition? Find(IReadOnlyList<Condition>? conditions, string type) => conditions?.FirstOrDefault(c => c.Type == type);

    /// <summary>Whether the condition of that type is <c>True</c>.</summary>
    public static bool IsTrue(IReadOnlyList<Condition>? conditions, string type) => Find(conditions, type)?.Status == ConditionStatus.True;

    /// <summary>
    /// A copy of the list with this condition at its old place or at the end. <see cref="Condition.LastTransitionTime"/> of
    /// <paramref name="desired"/> is ignored: it becomes now (in whole seconds) if the status changes, and stays otherwise.
    /// </summary>
    public static List<Condition> Set(IReadOnlyList<Condition>? conditions, Condition desired, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(desired);
        ArgumentNullException.ThrowIfNull(clock);
        List<Condition> result = [.. conditions ?? []];
        var index = result.FindIndex(c => c.Type == desired.Type);
        var since =
            index >= 0 && result[index].Status == desired.Status ? result[index].LastTransitionTime : WholeSeconds(clock.GetUtcNow());
        var stamped = desired with { LastTransitionTime = since };
        if (index >= 0)
        {
            result[index] = stamped;
        }
        else
        {
            result.Add(stamped);
        }

        return result;
    }

    /// <summary>A copy of the list without the condition of that type.</summary>
    public static List<Condition> Remove(IReadOnlyList<Condition>? conditions, string type) =>
        [.. (conditions ?? []).Where(c => c.Type != type)];

    // Stored times have whole seconds. A finer time in memory would differ from the stored one in every comparison.
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) =>
        new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
