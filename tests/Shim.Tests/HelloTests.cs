using System.Diagnostics;
using System.Text.Json;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class HelloTests
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    [Fact]
    public async Task Hello_NewContainer_TellsItsMountsByIdentity()
    {
        await using var container = await Container.StartAsync();
        var hello = await HelloAsync(container);

        Assert.Equal(1, hello.GetProperty("version").GetInt32());
        Assert.Equal("waiting", hello.GetProperty("state").GetString());
        Assert.False(hello.TryGetProperty("record", out _));
        var mounts = hello
            .GetProperty("mounts")
            .EnumerateArray()
            .ToDictionary(m => m.GetProperty("path").GetString()!, StringComparer.Ordinal);
        foreach (
            var (inside, outside) in new[]
            {
                ("/opt/workspace", container.Workspace),
                ("/run/stromboli", container.RunDirectory),
                ("/", "/"),
            }
        )
        {
            Assert.Equal(
                await IdentityAsync(outside),
                $"{mounts[inside].GetProperty("dev").GetUInt64()} {mounts[inside].GetProperty("ino").GetUInt64()}"
            );
        }

        Assert.Contains("/opt/odd \"name\\", mounts.Keys);
        Assert.DoesNotContain(
            mounts.Keys,
            path =>
                path.StartsWith("/proc", StringComparison.Ordinal)
                || path.StartsWith("/sys", StringComparison.Ordinal)
                || path.StartsWith("/dev", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Hello_NoCli_SaysSo()
    {
        await using var container = await Container.StartAsync();
        Assert.Equal("false,,false", await CliAsync(container));
    }

    [Fact]
    public async Task Hello_DynamicCli_NamesItsLoader()
    {
        Assert.SkipUnless(File.Exists(Loader), "x86_64 with glibc only");
        await using var container = await Container.StartAsync(prepare: opt => Install(opt, File.ReadAllBytes("/bin/ls")));
        Assert.Equal($"true,{Loader},true", await CliAsync(container));
    }

    [Fact]
    public async Task Hello_LoaderThatTheImageLacks_SaysSo()
    {
        Assert.SkipUnless(File.Exists(Loader), "x86_64 with glibc only");
        var bytes = File.ReadAllBytes("/bin/ls");
        var at = bytes.AsSpan().IndexOf("/lib64/ld-linux"u8);
        "/libmu/"u8.CopyTo(bytes.AsSpan(at));
        await using var container = await Container.StartAsync(prepare: opt => Install(opt, bytes));
        Assert.Equal("true,/libmu/ld-linux-x86-64.so.2,false", await CliAsync(container));
    }

    [Fact]
    public async Task Hello_StaticCli_NeedsNothing()
    {
        var shim = await Native.ShimAsync();
        await using var container = await Container.StartAsync(prepare: opt => Install(opt, File.ReadAllBytes(shim)));
        Assert.Equal("true,,true", await CliAsync(container));
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 0\n", "true,/bin/sh,true")]
    [InlineData("#! /usr/bin/env node\n", "true,/usr/bin/env,true")]
    [InlineData("#!/no/such/interpreter -x\n", "true,/no/such/interpreter,false")]
    [InlineData("#!", "true,,false")]
    [InlineData("just text", "true,,false")]
    [InlineData("", "true,,false")]
    [InlineData("\u007fELF", "true,,false")]
    public async Task Hello_ScriptOrGarbage_IsToldApart(string content, string expected)
    {
        await using var container = await Container.StartAsync(prepare: opt => Install(opt, System.Text.Encoding.Latin1.GetBytes(content)));
        Assert.Equal(expected, await CliAsync(container));
    }

    [Fact]
    public async Task Hello_ElfCutAnywhere_IsHarmless()
    {
        var whole = File.ReadAllBytes("/bin/ls");
        foreach (var length in new[] { 16, 40, 63, 64, 100, 120, 400, 800 })
        {
            await using var container = await Container.StartAsync(prepare: opt => Install(opt, whole[..length]));
            Assert.StartsWith("true,", await CliAsync(container), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Hello_CliThatIsADirectory_IsNotPresent()
    {
        await using var container = await Container.StartAsync(prepare: opt =>
            Directory.CreateDirectory(Path.Combine(opt, "claude", "claude"))
        );
        Assert.Equal("false,,false", await CliAsync(container));
    }

    private static void Install(string opt, byte[] cli)
    {
        Directory.CreateDirectory(Path.Combine(opt, "claude"));
        File.WriteAllBytes(Path.Combine(opt, "claude", "claude"), cli);
    }

    private static async Task<string> CliAsync(Container container)
    {
        var cli = (await HelloAsync(container)).GetProperty("cli");
        Assert.Equal("/opt/stromboli/claude/claude", cli.GetProperty("path").GetString());
        var present = cli.GetProperty("present").GetBoolean() ? "true" : "false";
        var interpreterPresent = cli.GetProperty("interpreterPresent").GetBoolean() ? "true" : "false";
        return $"{present},{cli.GetProperty("interpreter").GetString()},{interpreterPresent}";
    }

    private static async Task<JsonElement> HelloAsync(Container container)
    {
        using var connection = await container.Bridge.AcceptAsync();
        return (await connection.ExpectAsync(FrameType.Hello)).Json;
    }

    private static async Task<string> IdentityAsync(string path)
    {
        using var stat = Process.Start(
            new ProcessStartInfo("stat", ["-c", "%d %i", path]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        return (await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
    }
}
