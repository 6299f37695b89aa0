using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>The environment of every agent. The image's own is not used.</summary>
internal static class AgentEnvironment
{
    /// <summary>The port on the container's loopback that leads to the model gateway.</summary>
    public const ushort ModelPort = 8317;

    private static readonly IReadOnlyList<(string Name, string Value)> Fixed =
    [
        ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
        ("HOME", MountPoints.Home),
        ("ANTHROPIC_BASE_URL", $"http://127.0.0.1:{ModelPort}"),
        // The CLI wants one to be there; the gateway drops it and adds the real one.
        ("ANTHROPIC_API_KEY", "placeholder"),
        ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        ("DISABLE_AUTOUPDATER", "1"),
    ];

    private static readonly IReadOnlyList<(string Name, string Value)> Defaults =
    [
        ("USER", "agent"),
        ("LANG", "C.UTF-8"),
        ("TMPDIR", "/tmp"),
    ];

    /// <summary>
    /// The environment as <c>NAME=value</c>: ours, then the run's own variables, which replace only our defaults, then those of options.
    /// </summary>
    /// <param name="own">The run's own variables.</param>
    /// <param name="options">The variables by which the agent is told options.</param>
    /// <exception cref="ArgumentException">A variable of the run's would replace one that holds the agent in its place.</exception>
    public static IReadOnlyList<string> Build(IEnumerable<EnvVar> own, IEnumerable<(string Name, string Value)>? options = null)
    {
        var variables = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Fixed.Concat(Defaults))
        {
            variables[name] = value;
        }

        foreach (var variable in own)
        {
            if (string.IsNullOrEmpty(variable.Name) || variable.Name.Contains('=', StringComparison.Ordinal))
            {
                throw new ArgumentException("a variable needs a name without '='", nameof(own));
            }
            // The API refuses these names before; a node does not rely on it.
            if (Fixed.Any(pair => pair.Name.Equals(variable.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new ArgumentException($"the variable {variable.Name} is protected", nameof(own));
            }

            variables[variable.Name] = variable.Value ?? "";
        }

        foreach (var (name, value) in options ?? [])
        {
            variables[name] = value;
        }

        return [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
    }
}
