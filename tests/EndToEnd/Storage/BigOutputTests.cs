using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Storage;

/// <summary>Agents with more output than fits.</summary>
public sealed class BigOutputTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const int MiB = 1024 * 1024;
    private const string LastLine = "the last line\n";

    [Fact]
    public async Task Gibibyte_OfOutput_StaysOutOfMemoryAndStatus()
    {
        var scene = await OnPrivateStackAsync(new StackOptions(), alone: true);
        await (await DiskTests.ApplyAsync(scene, "warms-up", "yes 0123456789 | head -c 100000", "")).EndAsync();
        ServiceProcess[] services = [scene.Stack.Nodes[0].Bridge, scene.Stack.Operator];
        var before = services.Select(service => Reset(service.Pid)).ToList();
        const long length = 1024L * MiB;

        var line = new string('x', 99);
        var run = await DiskTests.ApplyAsync(scene, "floods", $"yes {line} | head -c {length}; echo; echo the last line", "");
        var end = await run.EndAsync(TimeSpan.FromMinutes(2));

        var result = end.Status.Result!;
        Assert.Equal((RunPhase.Succeeded, true, length + 1 + LastLine.Length), (end.Phase, result.Truncated, result.Bytes));
        Assert.Equal(Digest(line + "\n", length, "\n" + LastLine), result.Sha256);
        Assert.EndsWith(line[..(int)(length % 100)] + "\n" + LastLine, result.Text);
        Assert.InRange(Encoding.UTF8.GetByteCount(result.Text!), 16_000, 16 * 1024);
        Assert.InRange(end.Json["status"]!.ToJsonString().Length, 16_000, 24 * 1024);
        var peaks = services.Select(service => Kilobytes(service.Pid, "VmHWM")).ToList();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"resident before and at most, in KiB: bridge {before[0]} {peaks[0]}, operator {before[1]} {peaks[1]}"
        );
        Assert.All(before.Zip(peaks), pair => Assert.InRange(pair.Second - pair.First, 0, 48 * 1024));
        var log = KeptLog.Of(scene.NodeOf(run), run);
        // Each line also has a time stamp.
        Assert.InRange(log.Length, 60 * MiB, 110 * MiB);
        AssertHeadMarkAndTail([.. KeptLog.Lines(log)], line, length + 1 + LastLine.Length);
    }

    [Theory]
    [InlineData("perl -e '$| = 1; print \"\\x{0}\\xff\\xc3(\" x 100000, \"\\n\"; print \"end\"'", 400_004)]
    [InlineData("head -c 10485760 /dev/zero; printf end", 10_485_763)]
    [InlineData("head -c 10485760 /dev/zero | tr '\\0' y; printf '\\nend'", 10_485_764)]
    public async Task Bytes_OfAnyKindAndLength_BecomeTheResult(string script, int bytes)
    {
        var scene = await OnSharedStackAsync();

        var status = (await (await DiskTests.ApplyAsync(scene, "bytes", script + "; exit 0", "")).EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, true, bytes), (status.Phase, status.Result!.Truncated, status.Result.Bytes));
        Assert.EndsWith("end", status.Result.Text);
        Assert.DoesNotContain("\0", status.Result.Text, StringComparison.Ordinal);
        Assert.Equal(64, status.Result.Sha256!.Length);
    }

    [Fact]
    public async Task Claude_LongAnswer_IsTruncatedInStatusWithFullLengthAndDigest()
    {
        var scene = await OnSharedStackAsync();
        var answer = string.Concat(Enumerable.Repeat("äöü 🌋 ", 12_000));

        var status = (await ClaudeAsync(scene, answer, "64Mi")).Status;

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        var whole = Encoding.UTF8.GetBytes(answer.TrimEnd());
        Assert.Equal(
            (true, whole.Length, Convert.ToHexStringLower(SHA256.HashData(whole))),
            (status.Result!.Truncated, status.Result.Bytes, status.Result.Sha256)
        );
        Assert.EndsWith(status.Result.Text!, answer.TrimEnd(), StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(status.Result.Text!), (16 * 1024) - 3, 16 * 1024);
    }

    [Fact]
    public async Task Claude_AnswerLongerThanTheLogKeeps_FailsAndNamesTheField()
    {
        var scene = await OnSharedStackAsync();

        var status = (await ClaudeAsync(scene, new string('z', 200_000), "64Ki")).Status;

        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
        Assert.Equal("The CLI exited with 0, and the log lost what it reported: raise output.logBytes.", status.Message);
    }

    private static async Task<RunState> ClaudeAsync(Scene scene, string answer, string logBytes)
    {
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: prompts
            data:
              long: '@say {{answer}}'
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: long-answer
            spec:
              promptFrom:
                configMapKeyRef: {name: prompts, key: long}
              output: {logBytes: {{logBytes}}}
            """
        );
        return await run.EndAsync();
    }

    // A note replaces what was left out, and nothing else is missing.
    private static void AssertHeadMarkAndTail(List<string> lines, string line, long length)
    {
        Assert.StartsWith("r{\"t\":\"started\"", lines[0]);
        Assert.Equal("o" + line, lines[1]);
        var mark = lines.FindIndex(text => text.StartsWith("r{\"t\":\"truncated\"", StringComparison.Ordinal));
        Assert.StartsWith("r{\"t\":\"exited\"", lines[^1]);
        Assert.Equal("othe last line", lines[^2]);
        // A short line counts as more than its length.
        Assert.InRange(lines.Skip(mark + 1).Sum(text => (long)KeptLog.Stdout(text).Length), MiB - 100, MiB);
        var kept = lines.Sum(text => (long)KeptLog.Stdout(text).Length);
        var omitted = long.Parse(lines[mark].Split("\"omitted\":")[1].TrimEnd('}'), CultureInfo.InvariantCulture);
        Assert.Equal(length, kept + omitted);
    }

    private static string Digest(string line, long length, string end)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(line, 1000)));
        for (var left = length; left > 0; left -= block.Length)
        {
            hash.AppendData(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        }

        hash.AppendData(Encoding.UTF8.GetBytes(end));
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    // proc(5): 5 resets the peak to what is resident now.
    private static long Reset(int pid)
    {
        File.WriteAllText($"/proc/{pid}/clear_refs", "5");
        return Kilobytes(pid, "VmRSS");
    }

    private static long Kilobytes(int pid, string field) =>
        long.Parse(
            File.ReadLines($"/proc/{pid}/status")
                .First(line => line.StartsWith(field + ":", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        );
}
