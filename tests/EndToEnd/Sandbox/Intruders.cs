using System.Collections.Concurrent;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// An image with the programs of a hostile agent: <c>intruder</c> (beside this file) and <c>attacker</c> (Shim.Tests). They are static, on
/// top of a busybox.
/// </summary>
internal static class Intruders
{
    /// <summary>The image, once <see cref="EnsureAsync"/> has put it on a node.</summary>
    public const string Image = "registry.test/intruder:1";

    private const string Inside = "/home/node/intruder-image";

    private static readonly Lazy<Task<string>> Programs = new(CompileAsync);
    private static readonly ConcurrentDictionary<object, Lazy<Task>> Nodes = new();

    /// <summary>Puts the image on a node that does not have it yet.</summary>
    public static Task EnsureAsync(NodeInspector node) =>
        Nodes.GetOrAdd(node.Node.Machine, _ => new Lazy<Task>(() => BuildAsync(node))).Value;

    private static async Task BuildAsync(NodeInspector node)
    {
        var machine = node.Node.Machine;
        var folder = machine.OutsideOf(Inside);
        Directory.CreateDirectory(folder);
        foreach (var program in Directory.EnumerateFiles(await Programs.Value))
        {
            File.Copy(program, Path.Combine(folder, Path.GetFileName(program)), overwrite: true);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "Containerfile"), "FROM registry.test/busybox:1\nCOPY intruder attacker /bin/\n");
        await machine.PodmanAsync("build", "--quiet", "--isolation=chroot", "--pull=never", "--tag", Image, Inside);
    }

    private static async Task<string> CompileAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "native");
        Directory.CreateDirectory(folder);
        await CompileAsync(folder, "intruder", Repository.At("tests", "EndToEnd", "Sandbox", "Intruder"));
        await CompileAsync(folder, "attacker", Repository.At("tests", "Shim.Tests", "Attacker"));
        return folder;
    }

    private static async Task CompileAsync(string folder, string name, string sources)
    {
        string[] flags =
        [
            "-std=gnu11",
            "-D_GNU_SOURCE",
            "-O1",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-static",
            "-pthread",
            "-o",
            Path.Combine(folder, name),
        ];
        (await Command.RunAsync("gcc", [.. flags, .. Directory.EnumerateFiles(sources, "*.c").Order(StringComparer.Ordinal)])).OrThrow(
            $"Compiling {name}"
        );
    }
}
