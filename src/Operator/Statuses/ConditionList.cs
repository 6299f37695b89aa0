using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Statuses;

/// <summary>Builds the conditions of the next status. Every condition gets the generation of that status.</summary>
internal sealed class ConditionList(IReadOnlyList<Condition>? before, long? generation, DateTimeOffset now)
{
    private readonly List<Condition> _conditions = [.. (before ?? []).Select(c => c with { ObservedGeneration = generation })];

    /// <summary>Sets a condition. Its transition time changes only with its status.</summary>
    public ConditionList Set(string type, string status, string reason, string message)
    {
        var index = _conditions.FindIndex(c => c.Type == type);
        var since = index >= 0 && _conditions[index].Status == status ? _conditions[index].LastTransitionTime : now.WholeSeconds();
        var condition = new Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            ObservedGeneration = generation,
            LastTransitionTime = since,
        };
        if (index >= 0)
        {
            _conditions[index] = condition;
        }
        else
        {
            _conditions.Add(condition);
        }

        return this;
    }

    /// <summary>Gives a condition that is not True the reason of the end. A missing condition becomes False.</summary>
    public ConditionList SetIfOpen(string type, string reason)
    {
        var known = Conditions.Find(_conditions, type);
        return known is null || (known.Status != ConditionStatus.True && known.Reason != reason)
            ? Set(type, ConditionStatus.False, reason, known?.Message ?? "")
            : this;
    }

    /// <summary>Removes a condition.</summary>
    public ConditionList Remove(string type)
    {
        _conditions.RemoveAll(c => c.Type == type);
        return this;
    }

    /// <summary>Returns the conditions.</summary>
    public List<Condition> ToList() => [.. _conditions];
}
