namespace Stromboli.PodmanBridge.Link;

/// <summary>
/// The file with the node's connect token. It is read for each link, because the kubelet of a DaemonSet renews it, and replaced by the
/// token that the operator issues.
/// </summary>
internal sealed class ConnectToken(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The present token.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken) =>
        (await File.ReadAllTextAsync(path, cancellationToken)).Trim();

    /// <summary>Replaces the token; the file is the owner's alone from its first byte.</summary>
    public async Task WriteAsync(string token, CancellationToken cancellationToken)
    {
        var next = path + ".new";
        await using (
            var file = new FileStream(
                next,
                new FileStreamOptions
                {
                    Mode = FileMode.Create,
                    Access = FileAccess.Write,
                    UnixCreateMode = OwnerOnly,
                }
            )
        )
        await using (var writer = new StreamWriter(file))
        {
            await writer.WriteAsync(token.AsMemory(), cancellationToken);
        }

        File.Move(next, path, overwrite: true);
    }
}
