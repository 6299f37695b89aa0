namespace Stromboli.Testbed.Nodes;

/// <summary>A folder of this machine that appears in a node.</summary>
/// <param name="Source">The folder here.</param>
/// <param name="Target">Where it appears.</param>
/// <param name="Writable">Whether the node may write to it.</param>
public sealed record NodeMount(string Source, string Target, bool Writable = false);
