using System.Runtime.InteropServices;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>A directory that only the bridge's user may enter, for sockets and state of agents.</summary>
internal static partial class OwnDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates the directory if it is missing, and closes it to other users.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="option">The option that names it.</param>
    /// <exception cref="BridgeUnusableException">
    /// The directory cannot be created or closed to others, or belongs to another user.
    /// </exception>
    public static void Make(string path, string option)
    {
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
            if (FileIdentity.OwnerOf(path) is var owner && owner != EffectiveUser())
            {
                throw new BridgeUnusableException(
                    $"{option}: {path} belongs to another user (number {owner}), who could replace what the bridge keeps there; name a directory of the bridge's own user."
                );
            }

            File.SetUnixFileMode(path, OwnerOnly);
            if (File.GetUnixFileMode(path) is var mode && (mode & ~OwnerOnly) != UnixFileMode.None)
            {
                throw new BridgeUnusableException(
                    $"{option}: {path} stays open to others (mode {Convert.ToString((int)mode, 8)}): its file system does not take mode 0700. Name a directory on another one."
                );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BridgeUnusableException($"{option}: {path} cannot be made a directory that only the bridge may enter: {e.Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
