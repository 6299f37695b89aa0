using System.Collections.Concurrent;
using System.Diagnostics;

namespace Stromboli.Shim.Tests.Harness;

/// <summary>Builds the shim and the attacker once for all tests.</summary>
internal static class Native
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Built = new(StringComparer.Ordinal);

    /// <summary>The shim as it is shipped.</summary>
    public static Task<string> ShimAsync() => Once("shim", () => MakeAsync("shim", ""));

    /// <summary>The same shim with its two long waits made short. Only a build can do that: the shim takes no such argument.</summary>
    public static Task<string> HastyShimAsync() =>
        Once("hasty", () => MakeAsync("hasty", "-DSHIM_IDLE_MS=600 -DSHIM_CONNECT_TIMEOUT_MS=600"));

    /// <summary>The program that plays the hostile agent.</summary>
    public static Task<string> AttackerAsync() => Once("attacker", CompileAttackerAsync);

    /// <summary>A program that feeds the shim's parsers with random input, under sanitizers.</summary>
    public static Task<string> FuzzerAsync() => Once("fuzzer", CompileFuzzerAsync);

    private static Task<string> Once(string key, Func<Task<string>> build) => Built.GetOrAdd(key, _ => new Lazy<Task<string>>(build)).Value;

    private static async Task<string> MakeAsync(string name, string flags)
    {
        var build = Path.Combine(Paths.Builds, name);
        var program = Path.Combine(build, "stromboli-shim");
        await RunAsync("make", "-C", Paths.Native, $"BUILD={build}", $"EXTRA_CFLAGS={flags}", program);
        return program;
    }

    private static async Task<string> CompileAttackerAsync()
    {
        Directory.CreateDirectory(Paths.Builds);
        var output = Path.Combine(Paths.Builds, "attacker");
        var sources = Directory.GetFiles(Path.Combine(Paths.Tests, "Attacker"), "*.c");
        await RunAsync(
            "gcc",
            ["-std=c11", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-pthread", "-o", output, .. sources]
        );
        return output;
    }

    private static async Task<string> CompileFuzzerAsync()
    {
        Directory.CreateDirectory(Paths.Builds);
        var output = Path.Combine(Paths.Builds, "fuzzer");
        var sources = new[] { "go.c", "json.c", "tail.c", "program.c" }.Select(f => Path.Combine(Paths.Shim, f));
        await RunAsync(
            "gcc",
            [
                "-std=c11",
                "-D_GNU_SOURCE",
                "-O1",
                "-g",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-fsanitize=address,undefined",
                "-fno-sanitize-recover=all",
                $"-I{Paths.Shim}",
                "-o",
                output,
                Path.Combine(Paths.Tests, "Fuzz", "fuzz.c"),
                .. sources,
            ]
        );
        return output;
    }

    /// <summary>Runs a program to its end; it must succeed.</summary>
    public static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output}{await error}");
    }
}
