using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Gateway.Git;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What the bridge tells the shim when the attempt may run. Pure.</summary>
internal static class AttemptStart
{
    /// <summary>The gateway's socket in the run directory.</summary>
    public const string ModelSocket = "model.sock";

    /// <summary>The time from TERM to KILL when the shim stops the agent by itself, because its lease has expired.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The option that the node's CLI does not know, as a sentence; null if it knows all options, or if another program runs.
    /// </summary>
    public static string? UnknownOption(AttemptSpec spec, string? cliVersion) =>
        spec.Claude is { } claude ? ClaudeFlags.Unknown(claude, cliVersion) : null;

    /// <summary>Why no program can be given what the run asks for, as a sentence; null if one can.</summary>
    public static string? Problem(AttemptSpec spec, AttemptSecrets secrets)
    {
        try
        {
            Build(spec, secrets, TimeSpan.Zero);
            return null;
        }
        catch (ArgumentException e)
        {
            return $"The agent cannot be started: {e.Message.Split(" (Parameter", 2)[0]}.";
        }
    }

    /// <summary>The program, its environment and everything else that was kept from the container until now.</summary>
    public static ShimGo Build(AttemptSpec spec, AttemptSecrets secrets, TimeSpan lease)
    {
        var whole = spec with
        {
            Env = [.. spec.Env, .. secrets.Env.Select(variable => new EnvVar { Name = variable.Name, Value = variable.Value })],
        };
        var command = whole.Claude is { } claude ? ClaudeCommand.Build(claude, whole) : AgentCommand.Build(whole);
        return new ShimGo
        {
            Argv = command.Argv,
            Environment = command.Environment,
            Workdir = spec.Workdir,
            Stdin = Encoding.UTF8.GetBytes(secrets.Prompt),
            Relays = spec.Push is not { Branches.Count: > 0 }
                ? [(AgentEnvironment.ModelPort, ModelSocket)]
                : [(AgentEnvironment.ModelPort, ModelSocket), (GitRoutes.Port, GitRoutes.Socket)],
            LogBytes = spec.LogBytes,
            StopGrace = StopGrace,
            Hooks = spec.Hooks,
            HooksTimeout = TimeSpan.FromMilliseconds(spec.HooksTimeoutMs),
            Pids = (int)spec.Pids,
            Lease = lease,
        };
    }
}
