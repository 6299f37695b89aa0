using Stromboli.Crds.Runs;

namespace Stromboli.Gateway.Accounting;

/// <summary>Why the last model call of a run failed.</summary>
/// <param name="Reason">
/// <see cref="RunReason.AuthenticationFailed"/>, <see cref="RunReason.RateLimited"/>, <see cref="RunReason.BudgetExceeded"/> or
/// <see cref="RunReason.ModelUnavailable"/>.
/// </param>
/// <param name="Message">One sentence. Of the upstream's answer it contains only the status and the API's name for the error.</param>
internal sealed record ModelFailure(RunReason Reason, string Message)
{
    /// <summary>There was no answer, or it broke off.</summary>
    public static ModelFailure Unreachable { get; } =
        new(RunReason.ModelUnavailable, "the model could not be reached, or its answer broke off");

    /// <summary>The gateway refused the request because it could exceed the run's budget.</summary>
    public static ModelFailure Unbounded(string sentence) => new(RunReason.BudgetExceeded, $"it was refused ({sentence})");

    /// <summary>Interprets an answer's status and error name; returns null if the model answered or the request itself was wrong.</summary>
    public static ModelFailure? Of(int status, string? errorType)
    {
        RunReason? reason = (status, errorType) switch
        {
            (401 or 403, _) or (_, "authentication_error" or "permission_error") => RunReason.AuthenticationFailed,
            (429, _) or (_, "rate_limit_error") => RunReason.RateLimited,
            (408 or >= 500, _) or (_, "overloaded_error" or "api_error" or "timeout_error") => RunReason.ModelUnavailable,
            _ => null,
        };
        return reason is { } known
            ? new ModelFailure(known, errorType is null ? $"the model answered {status}" : $"the model answered {status} ({errorType})")
            : null;
    }
}
