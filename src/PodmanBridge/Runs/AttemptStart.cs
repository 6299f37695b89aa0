using System.Text;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Sandbox;

namespace Stromboli.PodmanBridge.Runs;

/// <summary>What the shim is told when the attempt may run. Pure.</summary>
internal static class AttemptStart
{
    /// <summary>The gateway's socket in the run directory.</summary>
    public const string ModelSocket = "model.sock";

    /// <summary>From TERM to KILL when the shim stops the agent by itself, because its lease is over.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    /// <summary>The program, its environment and everything else that was kept from the container until now.</summary>
    public static ShimGo Build(AttemptSpec spec, AttemptSecrets secrets, TimeSpan lease)
    {
        var command = spec.Claude is { } claude ? ClaudeCommand.Build(claude, spec) : AgentCommand.Build(spec);
        return new ShimGo
        {
            Argv = command.Argv,
            Environment = command.Environment,
            Workdir = spec.Workdir,
            Stdin = Encoding.UTF8.GetBytes(secrets.Prompt),
            Relays = [(AgentEnvironment.ModelPort, ModelSocket)],
            LogBytes = spec.LogBytes,
            StopGrace = StopGrace,
            Lease = lease,
        };
    }
}
