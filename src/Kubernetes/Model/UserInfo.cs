namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 UserInfo.</summary>
public sealed record UserInfo
{
    /// <summary>Such as <c>system:serviceaccount:NS:NAME</c>.</summary>
    public string? Username { get; set; }

    /// <summary>Identity in time and space.</summary>
    public string? Uid { get; set; }

    /// <summary>Groups.</summary>
    public List<string>? Groups { get; set; }

    /// <summary>More, such as <c>authentication.kubernetes.io/pod-name</c>.</summary>
    public Dictionary<string, List<string>>? Extra { get; set; }
}
