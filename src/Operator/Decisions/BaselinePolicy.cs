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
        if (DeniedWebhook(spec, options) is { } denial)
        {
            return denial;
        }
        // CPU shares are relative. A run with a large share takes processor time from others.
        return spec.Resources?.CpuShares is { } shares && shares > options.MaxCpuShares
            ? $"spec.resources.cpuShares {shares} exceeds the limit of {options.MaxCpuShares}: request less, or start the operator with --max-cpu-shares {shares}."
            : null;
    }

    private static string? DeniedWebhook(AgentRunSpec spec, RunOptions options)
    {
        for (var i = 0; i < spec.Webhooks?.Count; i++)
        {
            if (!Uri.TryCreate(spec.Webhooks[i].Url, UriKind.Absolute, out var url))
            {
                return $"spec.webhooks[{i}].url names no host that can be connected to: correct or remove it.";
            }

            var host = url.Host;
            if (!options.WebhookHosts.Contains(host))
            {
                return $"spec.webhooks[{i}].url names the host {host}, which is not allowed: remove it, or start the operator with --allow-webhook-host {host}.";
            }
        }

        return null;
    }
}
