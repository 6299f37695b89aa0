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
        // The CLI requires a credential here. The gateway drops this one and adds the real one.
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
    /// The environment as <c>NAME=value</c>. Our variables come first. The run's own variables replace only our defaults. The variables of
    /// options come last.
    /// </summary>
    /// <param name="own">The run's own variables.</param>
    /// <param name="options">The variables that pass options to the agent.</param>
    /// <exception cref="ArgumentException">A variable of the run would replace one that keeps the agent confined.</exception>
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
            // The API refuses these names earlier, but a node does not rely on that.
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
