using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Commands;

/// <summary>The person who called sudo, who is to own what lands in the work tree.</summary>
internal static class InvokingUser
{
    /// <summary>Gives a folder and the files in it to that person. Does nothing without sudo.</summary>
    public static void Give(string folder)
    {
        if (
            !uint.TryParse(Environment.GetEnvironmentVariable("SUDO_UID"), out var user)
            || !uint.TryParse(Environment.GetEnvironmentVariable("SUDO_GID"), out var group)
        )
        {
            return;
        }

        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories).Prepend(folder))
        {
            _ = Libc.ChangeOwner(path, user, group);
        }
    }
}
