using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Decisions;

/// <summary>Refuses what runs may do only if the operator's options allow it; pure. Checked before each attempt.</summary>
internal static class BaselinePolicy
{
    /// <summary>Why the run is refused, as one sentence; null if it is allowed.</summary>
    public static string? Denial(AgentRunSpec spec, RunOptions options)
    {
        if (spec.Agent?.Claude?.ExtraArgs is [_, ..] && !options.AllowExtraArgs)
        {
            return "spec.agent.claude.extraArgs is not allowed: remove it, or start the operator with --allow-extra-args.";
        }
        // CPU shares are relative. A run with a large share takes processor time from others.
        return spec.Resources?.CpuShares is { } shares && shares > options.MaxCpuShares
            ? $"spec.resources.cpuShares {shares} exceeds the limit of {options.MaxCpuShares}: request less, or start the operator with --max-cpu-shares {shares}."
            : null;
    }
}
