using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of the AgentSession CRD once more, in code.</summary>
public static class AgentSessionValidator
{
    /// <summary>Everything that is wrong with the spec; empty when runs can take part in it.</summary>
    public static IReadOnlyList<SpecError> Validate(AgentSessionSpec? spec)
    {
        var checks = new FieldChecks();
        if (spec is null)
        {
            checks.Require("spec", present: false);
            return checks.Errors;
        }
        // Judged when it was whole.
        if (spec.AbridgedFrom is not null)
        {
            return spec.Problem is { } problem ? [problem] : [];
        }

        checks.OneOf("spec.mode", spec.Mode, SessionLimits.OnDemand);
        checks.Quantity("spec.storageLimit", spec.StorageLimit, RunLimits.MinStorage, RunLimits.MaxStorage);
        checks.Duration("spec.idle.deleteAfter", spec.Idle?.DeleteAfter, RunLimits.MinTimeout, RunLimits.MaxTtl);
        // What both kinds have in common is judged as the run that would come of it; the rest of that run is right.
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
