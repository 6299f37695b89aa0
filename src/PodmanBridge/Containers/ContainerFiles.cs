namespace Stromboli.PodmanBridge.Containers;

/// <summary>The files, the same for every container, that the engine reads or mounts.</summary>
internal sealed record ContainerFiles
{
    /// <summary>The seccomp profile.</summary>
    public required string SeccompProfile { get; init; }

    /// <summary>What is mounted at <c>/etc/hosts</c>: <c>localhost</c> and the container's own name, nothing of the node.</summary>
    public required string Hosts { get; init; }

    /// <summary>What is mounted at <c>/etc/resolv.conf</c>: no server, since there is no network.</summary>
    public required string ResolvConf { get; init; }

    /// <summary>Writes the files of this version of the bridge.</summary>
    /// <param name="directory">A directory of the bridge alone; it is made when missing.</param>
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
    /// Replaces a file only if it differs: mounted files of running containers keep their inode, and a container that is made meanwhile
    /// never reads half of one.
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
