using System.Globalization;
using Stromboli.Gateway.Git;
using Stromboli.PodmanBridge.Pushes;

namespace Stromboli.PodmanBridge.Tests.Pushes;

public sealed class PublishOutcomeTests : IDisposable
{
    private const string New = "1111111111111111111111111111111111111111";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("publish");

    [Theory]
    [InlineData(0, "same", null, false, null, true, "There was nothing to push.")]
    [InlineData(0, $"already {New}", null, false, null, true, "b was at 111111111111 already.")]
    [InlineData(0, $"pushed {New}", New, true, null, true, "Pushed b at 111111111111.")]
    // The script says so and the server did not.
    [InlineData(0, $"pushed {New}", New, false, null, false, "unknown: it broke off")]
    [InlineData(78, "", New, true, null, false, "unknown: the server took it, and does not have it now")]
    [InlineData(77, "", New, false, null, false, "failed: the server refused it; the run's log says more")]
    [InlineData(77, "", New, false, GitFailureKind.Unreachable, false, "unknown: it broke off")]
    [InlineData(77, "", New, true, null, false, "unknown")]
    [InlineData(75, "", null, false, GitFailureKind.CredentialRefused, false, "failed: the server refuses the credential")]
    [InlineData(72, ".gitea/a", null, false, null, false, "failed: it changes protected paths: .gitea/a.")]
    [InlineData(71, "", null, false, null, false, "does not follow the commit that was cloned")]
    [InlineData(76, "", null, false, null, false, "the branch has commits")]
    [InlineData(null, "", null, false, null, false, "its container ended before git did")]
    [InlineData(null, "", New, false, null, false, "unknown: it broke off")]
    public async Task Push_IsJudgedByWhatTheServerReported(
        int? code,
        string output,
        string? sent,
        bool isReported,
        object? failure,
        bool succeeded,
        string message
    )
    {
        using var log = await LogAsync(code, output);

        var outcome = PublishOutcome.OfPush("b", log, failure is GitFailureKind kind ? new GitFailure(kind) : null, sent, isReported);

        Assert.Equal(succeeded, outcome.Succeeded);
        Assert.Contains(message, outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, $"at {New}", true)]
    [InlineData(0, "at", false)]
    [InlineData(0, "at 2222222222222222222222222222222222222222", false)]
    [InlineData(75, "", false)]
    public async Task Look_FindsThePushOrDoesNotKnow(int code, string output, bool succeeded)
    {
        using var log = await LogAsync(code, output);

        var outcome = PublishOutcome.OfLook("b", log, New);

        Assert.Equal(succeeded, outcome.Succeeded);
        Assert.Equal(!succeeded, outcome.Message.Contains("unknown", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<PublishRecords> LogAsync(int? code, string output)
    {
        var path = Path.Combine(_folder.FullName, "log");
        var lines = output.Length > 0 ? $"{Time} stdout F o{output}\n" : "";
        if (code is not null)
        {
            lines += string.Create(
                CultureInfo.InvariantCulture,
                $"{Time} stdout F r{{\"t\":\"exited\",\"code\":{code},\"by\":\"agent\"}}\n"
            );
        }

        await File.WriteAllTextAsync(path, lines);
        var log = new PublishRecords();
        await log.ReadOnAsync(path, CancellationToken.None);
        return log;
    }

    private const string Time = "2026-01-02T03:04:05.123456789+00:00";
}
