namespace Stromboli.Kubernetes.Model;

/// <summary>authorization/v1 SubjectAccessReviewStatus.</summary>
public sealed record SubjectAccessReviewStatus
{
    /// <summary>Whether it is allowed.</summary>
    public bool Allowed { get; set; }

    /// <summary>Whether it is denied outright.</summary>
    public bool? Denied { get; set; }

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>What went wrong while judging.</summary>
    public string? EvaluationError { get; set; }
}
