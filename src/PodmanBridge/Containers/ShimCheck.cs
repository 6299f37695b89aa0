namespace Stromboli.PodmanBridge.Containers;

/// <summary>Judges what the shim reports about its container, before anything of the tenant's runs. Pure.</summary>
internal static class ShimCheck
{
    /// <summary>One sentence if the container's content cannot run the CLI; null if it can.</summary>
    public static string? Cli(ShimCli? cli) =>
        cli switch
        {
            null or { Present: false } =>
                "The node has no Claude Code CLI to bring into the image: give its bridge --claude, or use agent.command.",
            { Interpreter: { } interpreter, InterpreterPresent: false } =>
                $"The image cannot run the CLI: it has no {interpreter} (the CLI needs glibc; musl and empty images have none). Use an image with glibc.",
            _ => null,
        };

    /// <summary>One sentence if a mount differs from what the bridge opened; null if none does.</summary>
    public static string? Mounts(IReadOnlyList<ShimMount> seen, IEnumerable<(string Path, FileIdentity Identity)> opened)
    {
        foreach (var (path, identity) in opened)
        {
            if (seen.LastOrDefault(mount => mount.Path == path) is not { } mount)
            {
                return $"nothing is mounted at {path}";
            }

            if (new FileIdentity(mount.Dev, mount.Ino) != identity)
            {
                return $"what is mounted at {path} is not what the bridge opened";
            }
        }

        return null;
    }
}
