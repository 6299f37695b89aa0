using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of what a run uses of its node: host paths and Podman secrets.</summary>
internal static class NodeResourcesValidator
{
    /// <summary>Adds the errors of the spec.</summary>
    internal static void Check(FieldChecks checks, AgentRunSpec spec)
    {
        if (spec.Workspace?.HostPath is { } workspace)
        {
            HostPath(checks, "spec.workspace.hostPath.path", workspace.Path);
        }

        Secrets(checks, spec);
        Volumes(checks, spec);
    }

    private static void Secrets(FieldChecks checks, AgentRunSpec spec)
    {
        const string field = "spec.secretsEnv";
        var secrets = spec.SecretsEnv;
        checks.Items(field, secrets?.Count, 0, RunLimits.SecretVariables);
        HashSet<string> names = [];
        for (var i = 0; i < secrets?.Count; i++)
        {
            var (name, secret) = ($"{field}[{i}].name", $"{field}[{i}].podmanSecret");
            checks.Require(name, secrets[i].Name is not null);
            checks.Text(name, secrets[i].Name, 1, RunLimits.VariableName, PatternRegexes.EnvName, Messages.EnvName);
            checks.NotMatching(name, secrets[i].Name, PatternRegexes.ProtectedEnv, Messages.ProtectedEnv);
            if (secrets[i].Name is { } given && !names.Add(given))
            {
                checks.Add($"{field}[{i}]", Messages.Duplicate);
            }

            checks.Require(secret, secrets[i].PodmanSecret is not null);
            checks.Text(secret, secrets[i].PodmanSecret, 1, RunLimits.Name, PatternRegexes.PodmanSecret, Messages.PodmanSecret);
        }

        if (spec.Env?.Any(variable => variable.Name is { } name && names.Contains(name)) ?? false)
        {
            checks.Add(field, Messages.VariableTwice);
        }
    }

    private static void Volumes(FieldChecks checks, AgentRunSpec spec)
    {
        const string field = "spec.volumes";
        var volumes = spec.Volumes;
        checks.Items(field, volumes?.Count, 0, RunLimits.Volumes);
        List<string> paths = [];
        for (var i = 0; i < volumes?.Count; i++)
        {
            Volume(checks, $"{field}[{i}]", volumes[i]);
            if (volumes[i].MountPath is not { } path)
            {
                continue;
            }

            if (paths.Contains(path, StringComparer.Ordinal))
            {
                checks.Add($"{field}[{i}]", Messages.Duplicate);
            }

            paths.Add(path);
        }

        if (paths.Any(outer => paths.Any(inner => inner != outer && Holds(outer, inner))))
        {
            checks.Add(field, Messages.VolumesMeet);
        }

        var workspace = ContainerPaths.Normalize(spec.Workspace?.MountPath) ?? ContainerPaths.Workspace;
        if (paths.Any(path => Holds(path, workspace) || Holds(workspace, path)))
        {
            checks.Add(field, Messages.VolumeMeetsWorkspace);
        }
    }

    private static void Volume(FieldChecks checks, string field, VolumeSpec volume)
    {
        HostPath(checks, $"{field}.hostPath", volume.HostPath);
        checks.Require($"{field}.mountPath", volume.MountPath is not null);
        checks.Text($"{field}.mountPath", volume.MountPath, 1, RunLimits.Path, PatternRegexes.PlainPath, Messages.PlainPath);
        checks.NotMatching($"{field}.mountPath", volume.MountPath, PatternRegexes.ReservedMount, Messages.ReservedMount);
        checks.Items($"{field}.options", volume.Options?.Count, 0, RunLimits.MountOptions);
        for (var i = 0; i < volume.Options?.Count; i++)
        {
            checks.OneOf($"{field}.options[{i}]", volume.Options[i], [.. MountOptions.All]);
        }

        if (volume.ReadOnly == false && (volume.Options?.Contains(MountOptions.ReadOnly) ?? false))
        {
            checks.Add($"{field}.readOnly", Messages.ReadOnlyTwice);
        }
    }

    private static void HostPath(FieldChecks checks, string field, string? path)
    {
        checks.Require(field, path is not null);
        checks.Text(field, path, 1, RunLimits.Path, PatternRegexes.PlainPath, Messages.PlainPath);
    }

    private static bool Holds(string outer, string inner) => (inner + "/").StartsWith(outer + "/", StringComparison.Ordinal);
}
