using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>The files and folders that the command line names.</summary>
internal static class BridgeFiles
{
    /// <summary>Where attempts are, under the state directory.</summary>
    public static string Attempts(BridgeOptions options) => Path.Combine(options.StateDirectory, "attempts");

    /// <summary>Where the sessions' records are.</summary>
    public static string Sessions(BridgeOptions options) => Path.Combine(options.StateDirectory, "sessions");

    /// <summary>Creates the bridge's directories and checks that everything else exists.</summary>
    /// <exception cref="BridgeUnusableException">Something is missing or does not belong to the bridge.</exception>
    public static void Check(BridgeOptions options)
    {
        OwnDirectory.Make(options.StateDirectory, "--state-dir");
        Directory.CreateDirectory(Attempts(options));
        // A run's directory is mounted in its container, so no container needs access to the parent.
        OwnDirectory.Make(options.RunDirectory, "--run-dir");
        DemandProgram(options.Shim, "--shim", "build it with `make -C src/native`", inContainers: true);
        DemandProgram(options.Measurer, "--measurer", "build it with `make -C src/native`", inContainers: false);
        DemandProgram(options.Reader, "--reader", "build it with `make -C src/native`", inContainers: false);
        Demand(options.CaFile, "--ca-file", "take it from the ConfigMap stromboli-ca in the operator's namespace");
        Demand(options.TokenFile, "--token-file", "make a token of the node's ServiceAccount for the audience stromboli");
        CheckVolumes(options);
        if (options.GitCaFile is { } authorities)
        {
            Demand(authorities, "--git-ca-file", "name a file of certificates in PEM, or leave the option out");
        }

        if (options.Claude is { } claude)
        {
            DemandProgram(
                Path.Combine(claude, "claude"),
                "--claude",
                "install the Claude Code CLI there, or leave the option out",
                inContainers: true
            );
        }
    }

    /// <summary>Checks that each permission can allow something and contains no symbolic link.</summary>
    private static void CheckVolumes(BridgeOptions options)
    {
        var protectedPaths = new ProtectedPaths(
            ProtectedPaths.Of(options),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)
        );
        foreach (var prefix in options.AllowedVolumes.Select(allowed => allowed.PathPrefix))
        {
            if (protectedPaths.PrefixProblem(prefix) is { } problem)
            {
                throw new BridgeUnusableException(
                    $"--allow-volume: {prefix} {problem}, where nothing is ever mounted for a run; leave it out or name another directory."
                );
            }

            if (RealPath.Of(prefix) is { } real && real != prefix)
            {
                throw new BridgeUnusableException(
                    $"--allow-volume: {prefix} is or goes through a symbolic link, which could later lead elsewhere; name {real} instead."
                );
            }
        }
    }

    private static void Demand(string path, string option, string hint)
    {
        if (!File.Exists(path))
        {
            throw new BridgeUnusableException($"{option}: there is no file {path}; {hint}.");
        }

        if (!BridgePath.IsReadable(path))
        {
            throw new BridgeUnusableException(
                $"{option}: {path} cannot be read by the bridge's user, who is also the engine's; give that user the right to."
            );
        }
    }

    private static void DemandProgram(string path, string option, string hint, bool inContainers)
    {
        Demand(path, option, hint);
        if (!BridgePath.IsExecutable(path) || (inContainers && !BridgePath.IsForAll(path)))
        {
            throw new BridgeUnusableException(
                inContainers
                    ? $"{option}: {path} cannot be run by every user, and agents have users of their own; `chmod 755` it, on a file system that is not mounted noexec."
                    : $"{option}: {path} cannot be run by the bridge's user; `chmod 755` it, on a file system that is not mounted noexec."
            );
        }
    }
}
