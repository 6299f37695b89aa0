using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Sessions;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of the AgentSession CRD in code.</summary>
public static class AgentSessionValidator
{
    /// <summary>All errors of the spec; empty if it is valid.</summary>
    public static IReadOnlyList<SpecError> Validate(AgentSessionSpec? spec)
    {
        var checks = new FieldChecks();
        if (spec is null)
        {
            checks.Require("spec", present: false);
            return checks.Errors;
        }
        // The whole spec was validated before the rest of it was dropped.
        if (spec.AbridgedFrom is not null)
        {
            return spec.Problem is { } problem ? [problem] : [];
        }

        checks.OneOf("spec.mode", spec.Mode, SessionLimits.OnDemand);
        checks.Quantity("spec.storageLimit", spec.StorageLimit, RunLimits.MinStorage, RunLimits.MaxStorage);
        checks.Duration("spec.idle.deleteAfter", spec.Idle?.DeleteAfter, RunLimits.MinTimeout, RunLimits.MaxTtl);
        if (spec.Workspace?.Git?.Push?.OnSuccess is not null)
        {
            checks.Add("spec.workspace", Messages.NoPushOnSuccess);
        }

        // The fields that both kinds have are validated as a run of the session. The rest of that run is valid.
        var run = SessionSpecs.Merge(
            new AgentRunSpec
            {
                Prompt = "-",
                SessionRef = new SessionReference { Name = "session" },
            },
            new AgentSession { Spec = spec }
        );
        return [.. checks.Errors, .. AgentRunValidator.Validate(run)];
    }
}
