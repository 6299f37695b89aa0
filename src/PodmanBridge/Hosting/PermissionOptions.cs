using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.PodmanBridge.Configuration;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>The options that give runs access to parts of the node.</summary>
internal sealed partial class PermissionOptions
{
    /// <summary>Creates the options. An invalid value is reported as one sentence.</summary>
    public PermissionOptions()
    {
        Volumes.Validators.Add(result =>
        {
            if (result.Tokens.Count > NodeLimits.AllowedVolumes)
            {
                result.AddError(
                    $"--allow-volume may be given {NodeLimits.AllowedVolumes} times at most; allow a directory that holds several of these."
                );
            }
        });
        Secrets.Validators.Add(result =>
        {
            if (result.Tokens.Count > NodeLimits.AllowedPodmanSecrets)
            {
                result.AddError($"--allow-podman-secret may be given {NodeLimits.AllowedPodmanSecrets} times at most.");
            }

            if (
                result.Tokens.FirstOrDefault(token => !SecretName().IsMatch(token.Value) || token.Value.Length > RunLimits.Name) is
                { } wrong
            )
            {
                result.AddError(
                    $"--allow-podman-secret: no run can name a secret '{wrong.Value}'; its name has letters, digits, '-', '_' and '.', {RunLimits.Name} at most."
                );
            }
        });
    }

    /// <summary>What runs may mount.</summary>
    public Option<AllowedVolume[]> Volumes { get; } =
        new("--allow-volume")
        {
            Description =
                "PREFIX or PREFIX:rw: a path that runs may mount, with all below it, to read or also to write; may be given several times. Without it none.",
            CustomParser = ParseVolumes,
        };

    /// <summary>The Podman secrets that runs may have as variables.</summary>
    public Option<string[]> Secrets { get; } =
        new("--allow-podman-secret")
        {
            Description = "The name of a Podman secret that runs may have as a variable; may be given several times. Without it none.",
        };

    private static AllowedVolume[] ParseVolumes(ArgumentResult result)
    {
        var allowed = new List<AllowedVolume>();
        foreach (var token in result.Tokens)
        {
            if (AllowedVolume.Parse(token.Value) is { PathPrefix.Length: <= RunLimits.Path } volume)
            {
                allowed.Add(volume);
            }
            else
            {
                result.AddError(
                    $"--allow-volume: '{token.Value}' is not an absolute path without '..', perhaps with :ro or :rw behind it, such as /srv/data or /srv/work:rw."
                );
            }
        }

        return [.. allowed];
    }

    [GeneratedRegex(Patterns.PodmanSecret, RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName();
}
