using Stromboli.Crds.Runs;
using Stromboli.Gateway.Model;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What makes containers on this node.</summary>
internal sealed class SandboxServices
{
    /// <summary>The engine.</summary>
    public required IPodman Podman { get; init; }

    /// <summary>Fetches images.</summary>
    public required ImageFetcher Images { get; init; }

    /// <summary>What is in images.</summary>
    public required ImageCatalogue Catalogue { get; init; }

    /// <summary>The way to the model.</summary>
    public required ModelGateway Gateway { get; init; }

    /// <summary>What clones repositories.</summary>
    public required GitServices Git { get; init; }

    /// <summary>Lets runs have paths of the node.</summary>
    public required HostPathGate HostPaths { get; init; }

    /// <summary>Lets runs have secrets of the node.</summary>
    public required NodeSecrets Secrets { get; init; }

    /// <summary>Bounds starts.</summary>
    public required StartGate Starts { get; init; }

    /// <summary>The installation's id; known once an operator has welcomed this bridge.</summary>
    public required Func<string> Installation { get; init; }

    /// <summary>The name of the AgentNode.</summary>
    public required string Node { get; init; }

    /// <summary>Where the run directories are: short, since a socket's path has at most 107 bytes (unix(7)).</summary>
    public required string RunRoot { get; init; }

    /// <summary>The shim's file on this node.</summary>
    public required string ShimPath { get; init; }

    /// <summary>
    /// Why a process cannot be the shim of a file, as half a sentence; null if it is (<see cref="FirstProcess.Problem"/>).
    /// </summary>
    public Func<int, FileIdentity, string?> CheckFirstProcess { get; init; } = FirstProcess.Problem;

    /// <summary>The folder of the Claude CLI on this node; null if it has none.</summary>
    public required string? ClaudeDirectory { get; init; }

    /// <summary>The version of that CLI; null if it is not known.</summary>
    public required Func<string?> CliVersion { get; init; }

    /// <summary>The files that are the same for every container.</summary>
    public required ContainerFiles Files { get; init; }

    /// <summary>The limits that hold on the node; the others are left out.</summary>
    public required Func<IReadOnlyCollection<string>> EnforcedLimits { get; init; }

    /// <summary>Whether the node takes runs although it cannot enforce all their limits.</summary>
    public bool AllowsUnenforcedLimits { get; init; }

    /// <summary>Processes and threads that one run may have at most.</summary>
    public int RunPids { get; init; } = BridgeOptions.DefaultMaxRunPids;

    /// <summary>What outlives attempts.</summary>
    public required NodeSessions Sessions { get; init; }

    /// <summary>The runs that have something on the disk.</summary>
    public required StorageTenants Tenants { get; init; }

    /// <summary>Measures what they have.</summary>
    public required Measurer Measurer { get; init; }

    /// <summary>Tries the engine, which could not do what every run needs, and has the operator told what came of it.</summary>
    public Func<CancellationToken, Task> TryEngineAsync { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Time.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>
    /// The end of an attempt whose container the engine could not make or start. The engine is tried first: if it runs no container at all,
    /// the operator is to know when it places the next attempt.
    /// </summary>
    /// <param name="what">What failed, as the beginning of a sentence.</param>
    /// <param name="error">What the engine said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<RunRefusedException> UnfitAsync(string what, PodmanException error, CancellationToken cancellationToken)
    {
        await TryEngineAsync(cancellationToken);
        return new RunRefusedException(RunReason.NodeUnfit, $"{what}: {error.PodmanMessage}", error);
    }
}
