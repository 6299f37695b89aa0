namespace Stromboli.Kubernetes.Model;

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
