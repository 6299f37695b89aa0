namespace Stromboli.PodmanBridge.Containers;

/// <summary>The files that the engine reads or mounts for every container.</summary>
internal sealed record ContainerFiles
{
    /// <summary>The seccomp profile.</summary>
    public required string SeccompProfile { get; init; }

    /// <summary>The file mounted at <c>/etc/hosts</c>: it names <c>localhost</c> and the container, and nothing of the node.</summary>
    public required string Hosts { get; init; }

    /// <summary>The file mounted at <c>/etc/resolv.conf</c>: it names no server, since there is no network.</summary>
    public required string ResolvConf { get; init; }

    /// <summary>Writes the files of this version of the bridge.</summary>
    /// <param name="directory">A directory that only the bridge uses. It is created if missing.</param>
    public static ContainerFiles Write(string directory)
    {
        Directory.CreateDirectory(directory);
        return new ContainerFiles
        {
            SeccompProfile = Write(directory, "seccomp.json", Containers.SeccompProfile.ToJson()),
            Hosts = Write(directory, "hosts", "127.0.0.1 localhost agent\n::1 localhost agent\n"u8),
            ResolvConf = Write(directory, "resolv.conf", "# no network\n"u8),
        };
    }

    /// <summary>
    /// Replaces a file only if its content differs. Files mounted in running containers therefore keep their inode, and a container that is
    /// created meanwhile never reads half a file.
    /// </summary>
    private static string Write(string directory, string name, ReadOnlySpan<byte> content)
    {
        const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var path = Path.Combine(directory, name);
        if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            return path;
        }

        var temporary = path + ".new";
        File.WriteAllBytes(temporary, content);
        File.SetUnixFileMode(temporary, ReadableByAll);
        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
