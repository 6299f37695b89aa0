using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>What no run may do unless the operator was started so that it may; pure. Asked before each attempt.</summary>
internal static class BaselinePolicy
{
    /// <summary>Why the run may not be, as one sentence; null when it may.</summary>
    public static string? Denial(AgentRunSpec spec, RunOptions options)
    {
        if (spec.Agent?.Claude?.ExtraArgs is [_, ..] && !options.AllowExtraArgs)
        {
            return "spec.agent.claude.extraArgs is not allowed here: leave it out, or start the operator with --allow-extra-args.";
        }
        // A share is worth what others have: who asks for the most takes it from them.
        return spec.Resources?.CpuShares is { } shares && shares > options.MaxCpuShares
            ? $"spec.resources.cpuShares {shares} is more than the {options.MaxCpuShares} that are allowed here: ask for less, or start the operator with --max-cpu-shares {shares}."
            : null;
    }
}
