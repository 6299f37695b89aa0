using System.CommandLine;
using System.CommandLine.Parsing;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge;

/// <summary>The options by which a node's admin lets runs have something of the node.</summary>
internal sealed class PermissionOptions
{
    /// <summary>What runs may mount.</summary>
    public Option<AllowedVolume[]> Volumes { get; } = new("--allow-volume")
    {
        Description = "PREFIX or PREFIX:rw: a path that runs may mount, with all below it, to read or also to write; may be given several times. Without it none.",
        CustomParser = ParseVolumes,
    };

    /// <summary>The Podman secrets that runs may have as variables.</summary>
    public Option<string[]> Secrets { get; } = new("--allow-podman-secret")
    {
        Description = "The name of a Podman secret that runs may have as a variable; may be given several times. Without it none.",
    };

    private static AllowedVolume[] ParseVolumes(ArgumentResult result)
    {
        var allowed = new List<AllowedVolume>();
        foreach (var token in result.Tokens)
        {
            if (AllowedVolume.Parse(token.Value) is { } volume)
            {
                allowed.Add(volume);
            }
            else
            {
                result.AddError($"--allow-volume: '{token.Value}' is not an absolute path without '..', perhaps with :ro or :rw behind it, such as /srv/data or /srv/work:rw.");
            }
        }

        return [.. allowed];
    }
}
