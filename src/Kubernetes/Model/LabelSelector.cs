namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.LabelSelector: all of its requirements must hold; an empty one selects everything.</summary>
public sealed record LabelSelector
{
    /// <summary>Labels that must have exactly these values.</summary>
    public Dictionary<string, string>? MatchLabels { get; set; }

    /// <summary>Requirements with operators.</summary>
    public List<LabelSelectorRequirement>? MatchExpressions { get; set; }

    /// <summary>Whether labels meet every requirement. An unknown operator selects nothing.</summary>
    public bool Matches(IReadOnlyDictionary<string, string>? labels)
    {
        labels ??= EmptyLabels;
        return (MatchLabels ?? []).All(want => labels.TryGetValue(want.Key, out var value) && value == want.Value)
            && (MatchExpressions ?? []).All(requirement => requirement.Matches(labels));
    }

    private static readonly Dictionary<string, string> EmptyLabels = [];
}

/// <summary>metav1.LabelSelectorRequirement.</summary>
public sealed record LabelSelectorRequirement
{
    /// <summary>The label's name.</summary>
    public string Key { get; set; } = "";

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public string Operator { get; set; } = "";

    /// <summary>Values for <c>In</c> and <c>NotIn</c>.</summary>
    public List<string>? Values { get; set; }

    internal bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var present = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            "In" => present && Values?.Contains(value!) == true,
            "NotIn" => !present || Values?.Contains(value!) != true,
            "Exists" => present,
            "DoesNotExist" => !present,
            _ => false,
        };
    }
}
