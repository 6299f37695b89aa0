using System.Net.Sockets;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>The bridge's end of a run directory: a listening `shim.sock` that can be closed and opened again.</summary>
internal sealed class Bridge : IDisposable
{
    private readonly string _path;
    private Socket? _listener;

    public Bridge(string directory)
    {
        _path = Path.Combine(directory, "shim.sock");
        Open();
    }

    public void Open()
    {
        File.Delete(_path);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        const UnixFileMode readWrite =
            UnixFileMode.UserRead
            | UnixFileMode.UserWrite
            | UnixFileMode.GroupRead
            | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead
            | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(_path, readWrite);
        _listener.Listen(16);
    }

    /// <summary>Stops listening; the socket file stays, as a killed bridge leaves it.</summary>
    public void Close() => _listener?.Dispose();

    public async Task<Connection> AcceptAsync()
    {
        using var deadline = Deadline.Token();
        return new Connection(await _listener!.AcceptAsync(deadline.Token));
    }

    public void Dispose() => Close();
}
