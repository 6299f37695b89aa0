using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Logs;
using Stromboli.PodmanBridge.Streams;
using Stromboli.PodmanBridge.Tests.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Logs;

/// <summary>Logs of attempts that an earlier bridge left.</summary>
public sealed class LogProviderTests : IAsyncDisposable
{
    private const string UID = "9b2d7c1e-0000-4000-8000-000000000001";

    private static readonly LogSource Log = new() { RunUID = UID, Attempt = 1 };

    private readonly string _root = Directory.CreateTempSubdirectory("stromboli-test-").FullName;
    private readonly NodeHarness _node;

    public LogProviderTests() => _node = new NodeHarness(_root, new FakeEngine(), TimeProvider.System);

    private LogProvider Provider => new(_node.Attempts, new FolderWatch(), TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task OpenAsync_FinishedAttempt_HasItsLog()
    {
        Leave(released: true, "hello");
        _node.Attempts.Adopt();

        Assert.Equal("hello\n", await ReadAsync(Log with { Follow = true }));
    }

    [Fact]
    public async Task OpenAsync_UnknownAttempt_IsNotFound()
    {
        Leave(released: true, "hello");
        _node.Attempts.Adopt();

        Assert.Equal(404, await StatusAsync(Log with { Attempt = 2 }));
        Assert.Equal(404, await StatusAsync(Log with { RunUID = "../" + UID }));
    }

    [Fact]
    public async Task OpenAsync_LogRemovedForLackOfSpace_IsGone()
    {
        Leave(released: true, "hello");
        _node.Attempts.Adopt();
        _node.Attempts.Find(new AttemptKey(UID, 1))!.FreeLog();

        Assert.Equal(410, await StatusAsync(Log));
    }

    [Fact]
    public async Task OpenAsync_AttemptThatNeverRan_HasAnEmptyLog()
    {
        Leave(released: false, line: null);
        _node.Attempts.Adopt();

        Assert.Equal("", await ReadAsync(Log with { Follow = true }));
    }

    [Fact]
    public async Task OpenAsync_DroppedAttempt_IsNotFound()
    {
        Leave(released: true, "hello");
        _node.Attempts.Adopt();
        _node.Attempts.ApplyAll([]);
        await Eventually.True(() => _node.Attempts.Observe(UID, 1) is null);

        Assert.Equal(404, await StatusAsync(Log));
    }

    [Fact]
    public async Task OpenAsync_BadParameters_AreRefused()
    {
        Leave(released: true, "hello");
        _node.Attempts.Adopt();

        Assert.Equal(400, await StatusAsync(Log with { TailLines = -1 }));
        Assert.Equal(400, await StatusAsync(Log with { SinceSeconds = -1 }));
        Assert.Equal(400, await StatusAsync(Log with { Offset = -1 }));
        Assert.Equal(400, await StatusAsync(Log with { Offset = 1, TailLines = 1 }));
        Assert.Equal("hello\n", await ReadAsync(Log with { SinceSeconds = long.MaxValue }));
    }

    private async Task<string> ReadAsync(LogSource source)
    {
        await using var content = await Provider.OpenAsync(source, CancellationToken.None);
        var output = new MemoryStream();
        await content.WriteAsync(output, CancellationToken.None);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private async Task<int> StatusAsync(LogSource source)
    {
        var refused = await Assert.ThrowsAsync<StreamRefusedException>(() => Provider.OpenAsync(source, CancellationToken.None));
        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_root, refused.Message, StringComparison.Ordinal);
        return refused.Status;
    }

    private void Leave(bool released, string? line)
    {
        var directory = AttemptDirectory.Create(_node.StateRoot, new AttemptKey(UID, 1));
        directory.Write(
            new AttemptRecord
            {
                UID = UID,
                Attempt = 1,
                Spec = SpecBuilder.Attempt() with { Command = ["true"], Claude = null },
                UserID = 20_000,
                BootID = NodeHarness.BootID,
                Deadline = 0,
                Released = released,
            }
        );
        directory.Write(
            new AttemptEndRecord
            {
                End = new AttemptEnd
                {
                    Reason = RunReason.Completed,
                    Message = "It ended.",
                    EndedAgoMs = 0,
                },
                EndedAt = TimeProvider.System.GetUtcNow(),
            }
        );
        if (line is not null)
        {
            File.WriteAllText(directory.LogPath, $"2026-11-30T21:00:00.000000000+00:00 stdout F o{line}\n");
        }
    }
}
