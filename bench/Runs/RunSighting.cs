using Stromboli.Crds.Runs;

namespace Stromboli.Bench.Runs;

/// <summary>One state of a run as a watcher saw it.</summary>
/// <param name="At">When, by this machine's clock.</param>
/// <param name="Run">The run.</param>
internal sealed record RunSighting(DateTimeOffset At, AgentRun Run);
