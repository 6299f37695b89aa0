namespace Stromboli.Kubernetes;

/// <summary>What a list selects, and which page of it.</summary>
public sealed record ListOptions
{
    /// <summary>Only this namespace; all if null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector in the API's text form, such as <c>app=x,tier!=y</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector, such as <c>metadata.name=x</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Items per page, at most.</summary>
    public int Limit { get; init; } = 500;

    /// <summary>Token of the page; the first if null.</summary>
    public string? Continue { get; init; }
}
