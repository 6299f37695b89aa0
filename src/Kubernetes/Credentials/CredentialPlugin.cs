using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Stromboli.Kubernetes;

/// <summary>
/// Runs a credential plugin once. Time and output are bounded. No message quotes what the plugin printed to its standard output: that is a
/// secret.
/// </summary>
/// <param name="config">The program.</param>
/// <param name="cluster">What the program is told about the cluster; asked before each run, because the cluster's authorities may
/// change.</param>
/// <param name="clock">The clock.</param>
internal sealed class CredentialPlugin(ExecConfig config, Func<ExecCluster> cluster, TimeProvider clock)
{
    private const int MaxOutputBytes = 1024 * 1024;
    private const int MaxComplaintChars = 300;

    // Some plugins ask a person to sign in with a browser; a request that waits for one is not worth more than this.
    private static readonly TimeSpan RunTimeout = TimeSpan.FromSeconds(60);

    // A program that leaves a child behind leaves it its standard output too: the end of the output may never come.
    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Runs the plugin and checks what it printed.</summary>
    /// <exception cref="KubeConfigException">There is no credential; one sentence says why.</exception>
    public async Task<(Credential Credential, DateTimeOffset? Expires)> RunAsync(long number)
    {
        using var timeout = new CancellationTokenSource(RunTimeout, clock);
        using var process = Start();
        process.StandardInput.Close();
        var output = new BoundedOutput(process.StandardOutput.BaseStream, MaxOutputBytes);
        var complaint = new BoundedOutput(process.StandardError.BaseStream, MaxOutputBytes);
        try
        {
            await Task.WhenAny(process.WaitForExitAsync(timeout.Token), output.Exceeded, complaint.Exceeded);
            if (process.HasExited)
            {
                await Task.WhenAny(Task.WhenAll(output.Ended, complaint.Ended), Task.Delay(DrainTimeout, clock, timeout.Token));
            }

            if (output.Exceeded.IsCompleted || complaint.Exceeded.IsCompleted)
            {
                throw Failure($"printed more than {MaxOutputBytes} bytes");
            }

            if (!process.HasExited)
            {
                throw Failure($"did not finish within {RunTimeout.TotalSeconds} s");
            }
        }
        finally
        {
            Kill(process);
        }

        return process.ExitCode == 0
            ? Read(output.ToArray(), number)
            : throw Failure($"failed with exit code {process.ExitCode}{Quote(Encoding.UTF8.GetString(complaint.ToArray()))}");
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException or NotSupportedException)
        {
            // It has ended by itself.
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Executable())
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in config.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in config.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["KUBERNETES_EXEC_INFO"] = Question();
        try
        {
            return Process.Start(start) ?? throw Failure("could not be started");
        }
        catch (Win32Exception e)
        {
            throw Failure($"could not be started: {e.Message}{Hint()}", e);
        }
    }

    // As client-go: a path is taken as it is, a name is looked up in PATH; folders of PATH that are not absolute do not count. .NET by
    // itself would look into the current directory first.
    private string Executable()
    {
        if (config.Command.Contains(Path.DirectorySeparatorChar))
        {
            return File.Exists(config.Command) ? config.Command : throw Failure($"is not installed: there is no such file{Hint()}");
        }

        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return folders.Where(Path.IsPathRooted).Select(folder => Path.Combine(folder, config.Command)).FirstOrDefault(IsExecutable)
            ?? throw Failure($"is not installed: PATH does not have it{Hint()}");
    }

    private static bool IsExecutable(string path) =>
        File.Exists(path)
        && (
            OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute))
                != UnixFileMode.None
        );

    private string Question()
    {
        var question = new ExecCredential
        {
            ApiVersion = config.ApiVersion,
            Kind = ExecCredential.KindName,
            Spec = new() { Cluster = config.ProvideClusterInfo ? cluster() : null },
        };
        return JsonSerializer.Serialize(question, ExecCredentialJson.Default.ExecCredential);
    }

    private (Credential Credential, DateTimeOffset? Expires) Read(byte[] output, long number)
    {
        ExecCredential? answer;
        try
        {
            answer = JsonSerializer.Deserialize(output, ExecCredentialJson.Default.ExecCredential);
        }
        catch (JsonException)
        {
            answer = null;
        }

        if (answer is not { Kind: ExecCredential.KindName })
        {
            throw Failure("printed no ExecCredential");
        }

        if (answer.ApiVersion != config.ApiVersion)
        {
            throw Failure($"answered in apiVersion '{Clean(answer.ApiVersion ?? "")}', and the kubeconfig wants '{config.ApiVersion}'");
        }

        var status = answer.Status ?? throw Failure("printed an ExecCredential without a status");
        if (status.ExpirationTimestamp <= clock.GetUtcNow())
        {
            throw Failure($"printed a credential that expired at {status.ExpirationTimestamp:u}");
        }

        var token = status.Token is { Length: > 0 } text ? text : null;
        if (token is not null && !Credential.IsSendable(token))
        {
            throw Failure("printed a token with a character that no token can have");
        }

        var certificate = Certificate(status);
        return token is null && certificate is null
            ? throw Failure("printed neither a token nor a client certificate")
            : (new(token, certificate, number), status.ExpirationTimestamp);
    }

    private ClientCertificate? Certificate(ExecCredentialStatus status)
    {
        var (certificate, key) = (status.ClientCertificateData, status.ClientKeyData);
        if (string.IsNullOrEmpty(certificate) && string.IsNullOrEmpty(key))
        {
            return null;
        }

        if (string.IsNullOrEmpty(certificate) || string.IsNullOrEmpty(key))
        {
            throw Failure("printed only one of clientCertificateData and clientKeyData");
        }

        try
        {
            return ClientCertificate.FromPem(certificate, key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Failure($"printed a client certificate that cannot be used: {e.Message.TrimEnd('.')}", e);
        }
    }

    private KubeConfigException Failure(string what, Exception? inner = null) =>
        new($"The credential plugin '{config.Command}' {what}.", inner);

    private string Hint() => config.InstallHint is null ? "" : $". {Clean(config.InstallHint).TrimEnd('.')}";

    // The last line is where programs say what went wrong.
    private static string Quote(string complaint)
    {
        var last = complaint.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
        return last is null ? "" : $": {Clean(last).TrimEnd('.')}";
    }

    // The text of others goes into logs and terminals.
    private static string Clean(string text)
    {
        var words = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var line = string.Join(' ', words);
        return line.Length > MaxComplaintChars ? $"{line[..MaxComplaintChars]}…" : line;
    }
}
