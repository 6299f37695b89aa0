namespace Stromboli.PodmanBridge;

/// <summary>The files and folders that the command line names.</summary>
internal static class BridgeFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passage = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where attempts are, under the state directory.</summary>
    public static string Attempts(BridgeOptions options) => Path.Combine(options.StateDirectory, "attempts");

    /// <summary>Makes what is to be made and checks that the rest is there.</summary>
    /// <exception cref="BridgeUnusableException">Something is missing.</exception>
    public static void Check(BridgeOptions options)
    {
        Directory.CreateDirectory(options.StateDirectory);
        File.SetUnixFileMode(options.StateDirectory, OwnerOnly);
        Directory.CreateDirectory(Attempts(options));
        Directory.CreateDirectory(options.RunDirectory);
        File.SetUnixFileMode(options.RunDirectory, Passage);
        Demand(options.Shim, "--shim", "build it with `make -C src/Shim`");
        Demand(options.Measurer, "--measurer", "build it with `make -C src/Shim`");
        Demand(options.CaFile, "--ca-file", "take it from the ConfigMap stromboli-ca in the operator's namespace");
        Demand(options.TokenFile, "--token-file", "make a token of the node's ServiceAccount for the audience stromboli");
        if (options.Claude is { } claude)
        {
            Demand(Path.Combine(claude, "claude"), "--claude", "install the Claude Code CLI there, or leave the option out");
        }
    }

    private static void Demand(string path, string option, string hint)
    {
        if (!File.Exists(path))
        {
            throw new BridgeUnusableException($"{option}: there is no file {path}; {hint}.");
        }
    }
}
