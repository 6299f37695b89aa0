using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Stacks;

/// <summary>Copies build outputs into a stack, so that a build in the work tree does not replace files of running processes.</summary>
internal static class BuildCopy
{
    /// <summary>Makes <paramref name="target"/> a copy of <paramref name="source"/>. Changes nothing if it already is one.</summary>
    /// <param name="proof">A file that the source must contain.</param>
    /// <param name="remedy">What to do if it does not.</param>
    /// <exception cref="TestbedException">The source does not contain the file.</exception>
    public static async Task RefreshAsync(string source, string target, string proof, string remedy, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(source, proof)))
        {
            throw new TestbedException($"{Path.Combine(source, proof)} is missing: {remedy}.");
        }

        if (AreSame(source, target))
        {
            return;
        }

        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.CreateDirectory(target);
        (
            await Command.RunAsync(
                "cp",
                ["-r", "--preserve=mode,timestamps", "--reflink=auto", $"{source}/.", target],
                cancellationToken: cancellationToken
            )
        ).OrThrow($"Copying {source}");
        (await Command.RunAsync("chmod", ["-R", "a+rX", target], cancellationToken: cancellationToken)).OrThrow($"Opening {target}");
    }

    private static bool AreSame(string source, string target) => Directory.Exists(target) && Stamps(source).SetEquals(Stamps(target));

    private static HashSet<(string Name, long Length, DateTime Time)> Stamps(string folder) =>
        [
            .. new DirectoryInfo(folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Select(file => (Path.GetRelativePath(folder, file.FullName), file.Length, file.LastWriteTimeUtc)),
        ];
}
