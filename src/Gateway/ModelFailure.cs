using Stromboli.Crds.Runs;

namespace Stromboli.Gateway;

/// <summary>Why the last model call of a run failed.</summary>
/// <param name="Reason"><see cref="RunReason.AuthenticationFailed"/>, <see cref="RunReason.RateLimited"/>,
/// <see cref="RunReason.BudgetExceeded"/> or <see cref="RunReason.ModelUnavailable"/>.</param>
/// <param name="Message">One sentence, holding nothing that an upstream wrote but its status and the API's name for the error.</param>
internal sealed record ModelFailure(RunReason Reason, string Message)
{
    /// <summary>No answer came, or it broke off.</summary>
    public static ModelFailure Unreachable { get; } =
        new(RunReason.ModelUnavailable, "the model could not be reached, or its answer broke off");

    /// <summary>The gateway refused the request, since it cannot be held to the run's budget.</summary>
    public static ModelFailure Unbounded(string sentence) => new(RunReason.BudgetExceeded, $"it was refused ({sentence})");

    /// <summary>
    /// What an answer's status, and the error's name, mean; null when the model answered, or the request itself was at fault.
    /// </summary>
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
