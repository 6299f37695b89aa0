namespace Stromboli.Testbed.Processes;

/// <summary>How a process is started.</summary>
/// <param name="Command">Program and arguments.</param>
public sealed record ProcessSpec(IReadOnlyList<string> Command)
{
    /// <summary>Its environment besides PATH and HOME. It inherits nothing from the testbed.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The cgroup it lives in; the stack's own if null.</summary>
    public ControlGroup? Group { get; init; }
}
