using System.Text;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Logs;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Logs;

public sealed class LogReadingTests : IDisposable
{
    private const string Exited =
        """r{"t":"exited","code":0,"by":"agent","stdoutBytes":0,"stdoutSha256":"aa","stderrBytes":0,"truncated":false}""";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("stromboli-test-").FullName;
    private readonly FolderWatch _watch = new();
    private readonly TaskCompletionSource _concluded = new();

    private string Log => Path.Combine(_folder, "log");

    public static TheoryData<string> Cases => LogCases.Names;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Follow_LogThatGrows_PassesOnEachLineAtOnce()
    {
        var reader = new Reader();
        var reading = reader.RunAsync(Reading());

        for (var i = 0; i < 20; i++)
        {
            Write($"oline {i}");
            // The next line is written only when this one has arrived, so each arrives by its own event.
            await reader.HasAsync($"line {i}\n");
        }

        Write(Exited);
        await reading.WaitAsync(Patience);
        Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(i => $"line {i}\n")), reader.Text);
    }

    [Fact]
    public async Task Follow_LineWithoutEnd_IsPassedOn()
    {
        var reader = new Reader();
        var reading = reader.RunAsync(Reading());

        Write("Oworking");
        await reader.HasAsync("working");
        Write("o on it", Exited);

        await reading.WaitAsync(Patience);
        Assert.Equal("working on it\n", reader.Text);
    }

    [Fact]
    public async Task Follow_AttemptEndsWithoutALastRecord_EndsWithIt()
    {
        var reader = new Reader();
        var reading = reader.RunAsync(Reading());
        Write("Ohalf a l");
        await reader.HasAsync("half a l");
        Assert.False(reading.IsCompleted);

        Write("Oine");
        _concluded.SetResult();

        await reading.WaitAsync(Patience);
        Assert.Equal("half a line\n", reader.Text);
    }

    [Fact]
    public async Task Follow_AttemptThatNeverHadALog_EndsEmpty()
    {
        var reader = new Reader();
        var reading = reader.RunAsync(Reading());

        _concluded.SetResult();

        await reading.WaitAsync(Patience);
        Assert.Equal("", reader.Text);
    }

    [Fact]
    public async Task Follow_AnotherLogTakesItsPlace_Fails()
    {
        Write("ofirst");
        var reader = new Reader();
        var reading = reader.RunAsync(Reading());
        await reader.HasAsync("first\n");

        File.Delete(Log);
        Write("osecond");

        await Assert.ThrowsAsync<IOException>(() => reading.WaitAsync(Patience));
    }

    [Fact]
    public async Task Follow_LogRemovedAfterTheEnd_IsReadToItsEnd()
    {
        Write("ofirst");
        var reader = new Reader { Blocked = new TaskCompletionSource() };
        var reading = reader.RunAsync(Reading());
        await reader.HasAsync("first\n");
        Write("osecond");
        _concluded.SetResult();
        File.Delete(Log);

        reader.Blocked.SetResult();

        await reading.WaitAsync(Patience);
        Assert.Equal("first\nsecond\n", reader.Text);
    }

    [Fact]
    public async Task Follow_ReaderThatNeverReads_HoldsUpNobody()
    {
        var slow = new Reader { Blocked = new TaskCompletionSource() };
        var stuck = slow.RunAsync(Reading());
        Write("o0");
        await slow.HasAsync("0\n");
        var fast = new Reader();
        var reading = fast.RunAsync(Reading());

        for (var i = 1; i < 1000; i++)
        {
            Write($"o{i}");
        }

        Write(Exited);
        await reading.WaitAsync(Patience);
        Assert.False(stuck.IsCompleted);
        slow.Blocked.SetResult();
        await stuck.WaitAsync(Patience);
        Assert.Equal(fast.Text, slow.Text);
    }

    [Fact]
    public async Task Follow_Cancelled_Ends()
    {
        using var leaving = new CancellationTokenSource();
        var reader = new Reader();
        var reading = reader.RunAsync(Reading(), leaving.Token);
        Write("oline");
        await reader.HasAsync("line\n");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Read_AtAnyTime_IsTheBeginningOfTheWhole(string name)
    {
        var log = await File.ReadAllBytesAsync(LogCases.PathOf(name, "log"));
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            await File.WriteAllBytesAsync(Log, log);
            var whole = await ReadAsync(
                name,
                new LogSource
                {
                    RunUID = "u",
                    Attempt = 1,
                    Format = format,
                },
                isOver: true
            );
            var last = 0;
            for (var part = 1; part <= 40; part++)
            {
                await File.WriteAllBytesAsync(Log, log[..(log.Length * part / 40)]);

                var read = await ReadAsync(
                    name,
                    new LogSource
                    {
                        RunUID = "u",
                        Attempt = 1,
                        Format = format,
                    },
                    isOver: false
                );

                Assert.True(whole.AsSpan().StartsWith(read), $"{format} after part {part}");
                Assert.True(read.Length >= last);
                last = read.Length;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Offset_OfAnyNumberOfBytes_IsTheRest(string name)
    {
        File.Copy(LogCases.PathOf(name, "log"), Log);
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            var source = new LogSource
            {
                RunUID = "u",
                Attempt = 1,
                Format = format,
            };
            var whole = await ReadAsync(name, source, isOver: true);
            for (var part = 0; part <= 20; part++)
            {
                var offset = whole.Length * part / 20;

                Assert.Equal(whole[offset..], await ReadAsync(name, source with { Offset = offset }, isOver: true));
            }

            Assert.Empty(await ReadAsync(name, source with { Offset = whole.Length + 1000L }, isOver: true));
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task TailLines_AreTheLastLines(string name)
    {
        File.Copy(LogCases.PathOf(name, "log"), Log);
        foreach (var format in Enum.GetValues<LogFormat>())
        {
            var source = new LogSource
            {
                RunUID = "u",
                Attempt = 1,
                Format = format,
            };
            var whole = Encoding.UTF8.GetString(await ReadAsync(name, source, isOver: true));
            var lines = whole.Split('\n').SkipLast(1).ToList();
            foreach (var tail in new[] { 0, 1, 2, lines.Count, lines.Count + 5, int.MaxValue })
            {
                var expected = string.Concat(lines.TakeLast(tail).Select(line => line + "\n"));

                Assert.Equal(expected, Encoding.UTF8.GetString(await ReadAsync(name, source with { TailLines = tail }, isOver: true)));
            }
        }
    }

    [Fact]
    public async Task TailLines_LineWithoutEnd_Counts()
    {
        Write("oone", "otwo", "Othr");
        var source = new LogSource { RunUID = "u", Attempt = 1 };

        Assert.Equal("thr", Encoding.UTF8.GetString(await ReadAsync("command", source with { TailLines = 1 }, isOver: false)));
        Assert.Equal("two\nthr", Encoding.UTF8.GetString(await ReadAsync("command", source with { TailLines = 2 }, isOver: false)));
    }

    private LogReading Reading() => new(Log, _concluded.Task, _watch);

    private async Task<byte[]> ReadAsync(string name, LogSource source, bool isOver)
    {
        var concluded = isOver ? Task.CompletedTask : new TaskCompletionSource().Task;
        await using var content = new LogContent(
            source,
            LogCases.IsClaude(name),
            new LogReading(Log, concluded, _watch),
            TimeProvider.System.GetUtcNow()
        );
        var output = new MemoryStream();
        await content.WriteAsync(output, CancellationToken.None);
        return output.ToArray();
    }

    // Each line in one write, as conmon does.
    private void Write(params string[] lines)
    {
        using var file = new FileStream(Log, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        foreach (var line in lines)
        {
            file.Write(Encoding.UTF8.GetBytes($"2026-11-30T21:00:00.000000000+00:00 stdout F {line}\n"));
        }
    }

    private sealed class Reader
    {
        private readonly Lock _lock = new();
        private readonly StringBuilder _text = new();

        /// <summary>Once something was passed on, passing on waits for this.</summary>
        public TaskCompletionSource? Blocked { get; init; }

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return _text.ToString();
                }
            }
        }

        public Task RunAsync(LogReading reading, CancellationToken cancellationToken = default) =>
            Task.Run(
                async () =>
                {
                    using var renderer = new TextLogRenderer(isClaude: false);
                    await reading.RunAsync(renderer, follow: true, TakeAsync, cancellationToken);
                },
                CancellationToken.None
            );

        public Task HasAsync(string end) => Eventually.True(() => Text.EndsWith(end, StringComparison.Ordinal));

        private async ValueTask TakeAsync(ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _text.Append(Encoding.UTF8.GetString(piece.Span));
            }

            if (Blocked is { } blocked)
            {
                await blocked.Task.WaitAsync(cancellationToken);
            }
        }
    }
}
