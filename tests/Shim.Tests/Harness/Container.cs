using System.Diagnostics;
using System.Globalization;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>
/// A real shim as PID 1 of its own namespaces, started as the engine starts it. The test is the bridge at its socket.
/// </summary>
internal sealed class Container : IAsyncDisposable
{
    public const int Uid = 12345;

    private readonly Process _process;
    private readonly DirectoryInfo _root;
    private readonly string? _pidNamespace;
    private readonly MemoryStream _bytes = new();
    private Task? _reading;

    private Container(Process process, DirectoryInfo root, Bridge? bridge, int pid)
    {
        _process = process;
        _root = root;
        Bridge = bridge!;
        Pid = pid;
        _pidNamespace = NamespaceOf(pid);
    }

    public Bridge Bridge { get; }

    /// <summary>The shim's pid on the host.</summary>
    public int Pid { get; }

    public string RunDirectory => Path.Combine(_root.FullName, "run");

    /// <summary>`/opt/workspace` inside, writable for the agent.</summary>
    public string Workspace => Path.Combine(_root.FullName, "workspace");

    /// <summary>Starts a container whose shim finds a bridge. Its stdout is read from the start unless the test asks for later.</summary>
    public static async Task<Container> StartAsync(
        Func<Task<string>>? shim = null,
        bool withBridge = true,
        bool readLog = true,
        Action<string>? prepare = null
    )
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: makes pid, mount and net namespaces");
        var root = Directory.CreateTempSubdirectory("shim-test-");
        var run = MakeDirectory(root, "run", "711");
        var opt = MakeDirectory(root, "opt", "755");
        var workspace = MakeDirectory(root, "workspace", "777");
        File.Copy(await Native.AttackerAsync(), Path.Combine(opt, "attacker"));
        prepare?.Invoke(opt);
        var bridge = withBridge ? new Bridge(run) : null;
        var process = Launch(await (shim ?? Native.ShimAsync)(), run, opt, workspace);
        var container = new Container(process, root, bridge, await FindInitAsync(process));
        if (readLog)
        {
            container.ReadLog();
        }

        return container;
    }

    /// <summary>Accepts the shim's connection and reads its Hello.</summary>
    public async Task<Connection> ConnectAsync()
    {
        var connection = await Bridge.AcceptAsync();
        await connection.ExpectAsync(FrameType.Hello);
        return connection;
    }

    /// <summary>Accepts the shim's connection, sends Go and waits for Started.</summary>
    public async Task<Connection> RunAsync(Go go)
    {
        var connection = await ConnectAsync();
        await connection.SendGoAsync(go);
        await connection.ExpectAsync(FrameType.Started);
        return connection;
    }

    /// <summary>The shim's stdout so far.</summary>
    public byte[] LogSoFar()
    {
        lock (_bytes)
        {
            return _bytes.ToArray();
        }
    }

    public void ReadLog() =>
        _reading ??= Task.Run(async () =>
        {
            var stream = _process.StandardOutput.BaseStream;
            var chunk = new byte[64 * 1024];
            for (int n; (n = await stream.ReadAsync(chunk)) > 0; )
            {
                lock (_bytes)
                {
                    _bytes.Write(chunk, 0, n);
                }
            }
        });

    /// <summary>Closes the reading end of the shim's stdout, as a dying conmon does.</summary>
    public void CloseLog() => _process.StandardOutput.BaseStream.Dispose();

    /// <summary>Waits for the end of the shim and returns its exit code and stdout. Nothing of the container is left then.</summary>
    public async Task<(int ExitCode, Log Log)> EndAsync()
    {
        ReadLog();
        await _reading!.WaitAsync(Deadline.Wait);
        return (await ExitAsync(), Log.Parse(LogSoFar()));
    }

    public async Task<int> ExitAsync()
    {
        using var deadline = Deadline.Token();
        await _process.WaitForExitAsync(deadline.Token);
        Assert.Empty(Processes());
        return _process.ExitCode;
    }

    /// <summary>Host pids of all processes in the container.</summary>
    public IReadOnlyList<int> Processes() =>
        [
            .. Directory
                .GetDirectories("/proc")
                .Select(d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var pid) ? pid : 0)
                .Where(pid => pid > 0 && _pidNamespace is not null && NamespaceOf(pid) == _pidNamespace),
        ];

    /// <summary>Host pids of the shim's own children. Cheap enough for a loop.</summary>
    public IReadOnlyList<int> Children() =>
        [.. Children(Pid).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))];

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        Bridge?.Dispose();
        await _bytes.DisposeAsync();
        _root.Delete(recursive: true);
    }

    private static Process Launch(string shim, string run, string opt, string workspace) =>
        Process.Start(
            new ProcessStartInfo(
                "unshare",
                [
                    "--pid",
                    "--mount",
                    "--net",
                    "--ipc",
                    "--uts",
                    "--fork",
                    "--kill-child",
                    "--mount-proc",
                    "sh",
                    Path.Combine(Paths.Tests, "Harness", "container.sh"),
                    shim,
                    run,
                    opt,
                    workspace,
                    $"{Uid}",
                ]
            )
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            }
        )!;

    // unshare forks once; that child becomes, by exec, sh, setpriv and the shim.
    private static async Task<int> FindInitAsync(Process unshare)
    {
        var pid = 0;
        await Deadline.UntilAsync(() => int.TryParse(Children(unshare.Id), CultureInfo.InvariantCulture, out pid), "a child of unshare");
        await Deadline.UntilAsync(() => Name(pid) == "shim" || unshare.HasExited, "the shim in place");
        return pid;
    }

    private static string Children(int pid) => Read($"/proc/{pid}/task/{pid}/children").Trim();

    private static string Name(int pid) => Read($"/proc/{pid}/comm").Trim();

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static string? NamespaceOf(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string MakeDirectory(DirectoryInfo root, string name, string mode)
    {
        var path = root.CreateSubdirectory(name).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return path;
    }
}
