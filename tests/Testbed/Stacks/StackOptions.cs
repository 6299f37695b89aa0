using Stromboli.Testbed.Nodes;

namespace Stromboli.Testbed.Stacks;

/// <summary>What a stack consists of.</summary>
public sealed record StackOptions
{
    /// <summary>
    /// Whether operator and bridges are the native executables of <c>make publish</c>, which users install, instead of the assemblies of a
    /// build. <c>STROMBOLI_PROGRAMS=build</c> in the environment changes the default, for a quicker loop while a feature is developed.
    /// </summary>
    public bool Published { get; init; } = Environment.GetEnvironmentVariable("STROMBOLI_PROGRAMS") != "build";

    /// <summary>How many nodes, named <c>node-1</c>, <c>node-2</c>, …</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>How each of them is made.</summary>
    public NodeOptions Node { get; init; } = new();

    /// <summary>How many operators, named <c>operator</c>, <c>operator-2</c>, …; with none there are no bridges either.</summary>
    public int Operators { get; init; } = 1;

    /// <summary>How each of them is started.</summary>
    public OperatorOptions Operator { get; init; } = new();

    /// <summary>
    /// Whether operators and bridges that end by themselves are started again. A case that stops one itself needs it to stay stopped.
    /// </summary>
    public bool Supervised { get; init; }

    /// <summary>Whether there is a Git server, which the nodes know and clone from.</summary>
    public bool Git { get; init; }

    /// <summary>The key of the operator's default model credential; a random one if null.</summary>
    public string? ModelKey { get; init; }
}
