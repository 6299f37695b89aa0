using System.Diagnostics;
using System.Globalization;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Processes;

/// <summary>
/// One process of a stack. It is started once and found again by pid and start time, can be restarted, and writes the output of all starts
/// to one log.
/// </summary>
public abstract class ServiceProcess : IAsyncDisposable
{
    // $1 cgroup, $2 log, then the command. The process keeps the pid of the shell; setsid protects it from the terminal's Ctrl-C.
    private const string Launcher = """echo $$ > "$1/cgroup.procs" && exec >> "$2" 2>&1 < /dev/null && shift 2 && exec setsid -- "$@" """;

    private static readonly TimeSpan RestartAfter = TimeSpan.FromSeconds(1);

    private readonly List<int> _ends = [];
    private Process? _process;
    private ProcessIdentity? _identity;
    private volatile bool _wanted;

    /// <summary>A process of <paramref name="home"/>, not started yet.</summary>
    protected ServiceProcess(StackHome home, string name)
    {
        Home = home;
        Name = name;
        _identity = ProcessIdentity.Load(IdentityPath);
    }

    /// <summary>Its name, which is also the name of its log and pid file.</summary>
    public string Name { get; }

    /// <summary>The file with standard output and error of all its starts.</summary>
    public string LogPath => Path.Combine(Home.Folder, $"{Name}.log");

    /// <summary>Whether it runs (also when paused).</summary>
    public bool IsRunning => _identity is { IsAlive: true };

    /// <summary>Its process id, or the last one if it does not run.</summary>
    /// <exception cref="InvalidOperationException">It was never started.</exception>
    public int Pid => _identity?.Pid ?? throw new InvalidOperationException($"{Name} was not started.");

    /// <summary>How long a start may take.</summary>
    public TimeSpan ReadyWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether it is started again when it ends by itself, as a kubelet or systemd would do.</summary>
    public bool Supervised { get; init; }

    /// <summary>The exit codes with which it ended by itself while <see cref="Supervised"/>; it was started again after each.</summary>
    public IReadOnlyList<int> Ends
    {
        get
        {
            lock (_ends)
            {
                return [.. _ends];
            }
        }
    }

    /// <summary>The stack it belongs to.</summary>
    protected StackHome Home { get; }

    private string IdentityPath => Path.Combine(Home.State, $"{Name}.process");

    private string PidPath => Path.Combine(Home.Folder, $"{Name}.pid");

    /// <summary>Starts it unless it runs, and waits until it is ready.</summary>
    /// <exception cref="TestbedException">It ended or did not become ready in time; the end of its log is in the message.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await LaunchAsync(cancellationToken);
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>Starts it unless it runs, and does not wait.</summary>
    public async Task LaunchAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
        {
            return;
        }

        var spec = await DescribeAsync(cancellationToken);
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", Launcher, "launch", (spec.Group ?? Home.Group).Create().FullPath, LogPath, .. spec.Command]
        )
        {
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["HOME"] = "/root";
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        _process?.Dispose();
        _process = Process.Start(start) ?? throw new TestbedException($"{Name} could not be started.");
        _identity = ProcessIdentity.Of(_process.Id) ?? throw new TestbedException($"{Name} ended at once.\n{LogTail()}");
        _identity.Value.Save(IdentityPath);
        _wanted = true;
        if (Supervised)
        {
            _ = SuperviseAsync(_process);
        }

        await File.WriteAllTextAsync(PidPath, string.Create(CultureInfo.InvariantCulture, $"{_process.Id}\n"), cancellationToken);
    }

    /// <summary>Waits until it is ready.</summary>
    public async Task WaitUntilReadyAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await Poll.UntilAsync($"{Name} is ready", ReadyWithin, CheckAsync, cancellationToken);
        }
        catch (TestbedException e)
        {
            throw new TestbedException($"{e.Message}\n{LogTail()}", e);
        }

        async Task<bool> CheckAsync(CancellationToken token) =>
            IsRunning ? await IsReadyAsync(token) : throw new TestbedException($"{Name} ended before it was ready.");
    }

    /// <summary>Sends SIGKILL and waits until it is gone. Processes that it started go on.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        _wanted = false;
        _identity?.Signal(Libc.SignalKill);
        await WaitForExitAsync(TimeSpan.FromSeconds(10), cancellationToken);
    }

    /// <summary>Sends SIGSTOP: it stops running while its connections stay open.</summary>
    public void Pause() => _identity?.Signal(Libc.SignalStop);

    /// <summary>Sends SIGCONT.</summary>
    public void Resume() => _identity?.Signal(Libc.SignalContinue);

    /// <summary>Sends SIGTERM and, after ten seconds, SIGKILL.</summary>
    public virtual async Task StopAsync(CancellationToken cancellationToken = default)
    {
        _wanted = false;
        if (_identity is { } identity && identity.Signal(Libc.SignalTerminate))
        {
            identity.Signal(Libc.SignalContinue);
            try
            {
                await WaitForExitAsync(TimeSpan.FromSeconds(10), cancellationToken);
            }
            catch (TestbedException)
            {
                await KillAsync(cancellationToken);
            }
        }

        File.Delete(PidPath);
    }

    /// <summary>From now on it is not started again when it ends, even if it is <see cref="Supervised"/>.</summary>
    public void Abandon() => _wanted = false;

    /// <summary>Waits until it has ended.</summary>
    /// <exception cref="TestbedException">It still runs at the deadline.</exception>
    public Task WaitForExitAsync(TimeSpan within, CancellationToken cancellationToken = default) =>
        Poll.UntilAsync($"{Name} ends", within, () => !IsRunning, cancellationToken);

    /// <summary>Stops and starts it.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    /// <summary>The whole log so far.</summary>
    public string ReadLog()
    {
        if (!File.Exists(LogPath))
        {
            return "";
        }

        using var reader = new StreamReader(
            new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
        );
        return reader.ReadToEnd();
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync();
        _process?.Dispose();
    }

    /// <summary>How it is started. Called for each start.</summary>
    protected abstract Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>Whether it serves.</summary>
    protected abstract Task<bool> IsReadyAsync(CancellationToken cancellationToken);

    private async Task SuperviseAsync(Process process)
    {
        await process.WaitForExitAsync();
        if (!_wanted)
        {
            return;
        }

        lock (_ends)
        {
            _ends.Add(process.ExitCode);
        }

        await Task.Delay(RestartAfter);
        if (_wanted)
        {
            await LaunchAsync();
        }
    }

    private string LogTail() => $"The end of {LogPath}:\n{string.Join('\n', ReadLog().TrimEnd().Split('\n').TakeLast(15))}";
}
