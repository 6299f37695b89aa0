using System.Diagnostics;
using System.Text;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Streams;

/// <summary><c>kubectl get --raw</c> of a stream that goes on, and what it has printed so far.</summary>
internal sealed class KubectlFollower : IDisposable
{
    private readonly Process _process;
    private readonly MemoryStream _output = new();
    private readonly Task _reading;
    private readonly Task<string> _errors;

    /// <summary>Starts kubectl.</summary>
    public KubectlFollower(Kubectl kubectl, string path)
    {
        _process = kubectl.Start("get", "--raw", path);
        _reading = Task.Run(ReadAsync);
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>What kubectl has printed.</summary>
    public string Printed
    {
        get
        {
            lock (_output)
            {
                return Encoding.UTF8.GetString(_output.ToArray());
            }
        }
    }

    /// <summary>Waits until kubectl has printed a text.</summary>
    public Task HasAsync(string text) =>
        Poll.UntilAsync(
            $"kubectl prints {text}",
            Poll.Timeout,
            () => Printed.Contains(text, StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );

    /// <summary>Waits until kubectl ends.</summary>
    /// <returns>Its exit code and what it said on its standard error.</returns>
    public async Task<(int Code, string Error)> EndAsync()
    {
        await _process
            .WaitForExitAsync(TestContext.Current.CancellationToken)
            .WaitAsync(Poll.Timeout, TestContext.Current.CancellationToken);
        await _reading;
        return (_process.ExitCode, await _errors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        while (await _process.StandardOutput.BaseStream.ReadAsync(buffer) is var read and > 0)
        {
            lock (_output)
            {
                _output.Write(buffer, 0, read);
            }
        }
    }
}
