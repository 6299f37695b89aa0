using System.Collections.Concurrent;
using System.Globalization;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Docs;

/// <summary>A documented command that serves until it is stopped: the operator or a bridge.</summary>
/// <param name="where">The place in the document.</param>
/// <param name="run">Runs a line of shell to its end, handing on what it prints.</param>
internal sealed class DocumentedServer(string where, Func<string, Action<string>, Task<CommandResult>> run)
{
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<int> _pid = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<CommandResult> _running = Task.FromResult(new CommandResult(0, "", ""));

    /// <summary>Where the document has it.</summary>
    public string Where => where;

    /// <summary>Starts the line and waits until the server is ready.</summary>
    /// <exception cref="TestbedException">It ended, or did not become ready; what it printed is in the message.</exception>
    public async Task StartAsync(string line, Func<CancellationToken, Task<bool>> isReady, CancellationToken cancellationToken)
    {
        // The program takes the place of the shell that prints its process id. Process ids are the same on the machine and on its nodes.
        _running = run($"echo $$; exec {line}", Read);
        try
        {
            await Poll.UntilAsync("it is ready", Poll.Timeout, CheckAsync, cancellationToken);
        }
        catch (TestbedException e)
        {
            throw new TestbedException($"{e.Message}\n{string.Join('\n', _output)}", e);
        }

        async Task<bool> CheckAsync(CancellationToken token) =>
            _running.IsCompleted ? throw new TestbedException("It ended before it was ready.") : await isReady(token);
    }

    /// <summary>Stops it as a service manager does.</summary>
    /// <returns>What went wrong; null if it ended as it should.</returns>
    public async Task<string?> StopAsync(CancellationToken cancellationToken)
    {
        if (!_pid.Task.IsCompleted)
        {
            return null;
        }

        var pid = (await _pid.Task).ToString(CultureInfo.InvariantCulture);
        await Command.RunAsync("kill", ["-TERM", pid], cancellationToken: cancellationToken);
        var ended = await _running.WaitAsync(Poll.Timeout, cancellationToken);
        return ended.Succeeded ? null : $"it was told to stop and ended with {ended.ExitCode}: {ended.Error}";
    }

    private void Read(string line)
    {
        if (!int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !_pid.TrySetResult(pid))
        {
            _output.Enqueue(line);
        }
    }
}
