using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Asks the node's CLI for its version, again only when the file is another.</summary>
internal sealed partial class CliVersionReader(TimeProvider clock)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    private Answer? _known;

    /// <summary>The version, such as <c>2.1.3</c>; null when there is no such program or it does not tell.</summary>
    public async Task<string?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }

        var identity = new FileIdentity(
            file.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? file.FullName,
            file.Length,
            file.LastWriteTimeUtc
        );
        // Two concurrent questions give the same answer.
        if (_known is not { } known || known.File != identity)
        {
            _known = known = new Answer(identity, await AskAsync(path, cancellationToken));
        }

        return known.Version;
    }

    private async Task<string?> AskAsync(string path, CancellationToken cancellationToken)
    {
        var home = Directory.CreateTempSubdirectory("stromboli-cli-");
        try
        {
            using var timeout = new CancellationTokenSource(Timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            var output = await RunAsync(path, home.FullName, either.Token);
            return VersionPattern.Match(output) is { Success: true } match ? match.Value : null;
        }
        catch (Exception e)
            when (e is Win32Exception or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The CLI may be for another architecture, need an interpreter that the node lacks, or be too slow. Images may still be able to
            // run it.
            return null;
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }

    private static async Task<string> RunAsync(string path, string home, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(path, ["--version"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["HOME"] = home;
        start.Environment["DISABLE_AUTOUPDATER"] = "1";
        using var process = Process.Start(start) ?? throw new IOException("no process");
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? output : "";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    [GeneratedRegex(
        "^[0-9]+(\\.[0-9]+){1,3}",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex VersionPattern { get; }

    private sealed record Answer(FileIdentity File, string? Version);

    private sealed record FileIdentity(string Path, long Length, DateTime Written);
}
