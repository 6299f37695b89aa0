using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Docs;

/// <summary>
/// The working directory of the documents' commands: the repository as it is after the documented build. Commands may write files here;
/// nothing of that reaches the work tree. On a node there is a copy of the parts that the documents tell a reader to bring there.
/// </summary>
internal sealed class Checkout : IDisposable
{
    private const string InsideNode = "/home/node/checkout";
    private const string Shim = "src/native/build";

    // The documents name what `dotnet build -c Release` makes. The suite builds the same assemblies as Debug.
    private static readonly string[] Programs = ["src/Operator", "src/PodmanBridge"];

    /// <summary>Makes one: links to the work tree, and folders where a program's build is to stand.</summary>
    public Checkout()
    {
        Folder = Directory.CreateTempSubdirectory("stromboli-checkout-").FullName;
        Link("", Path.Combine(Repository.Root, "src"));
        Link("src", [.. Programs.Select(program => Repository.At(program))]);
        foreach (var program in Programs)
        {
            var output = At(OutputOf(program));
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            File.CreateSymbolicLink(output, Repository.BuildOutput(program));
        }
    }

    /// <summary>Where it is on this machine.</summary>
    public string Folder { get; }

    /// <summary>A path in it.</summary>
    public string At(string path) => Path.Combine(Folder, path);

    /// <summary>Copies the bridge's build and the named files into the home of the node's user.</summary>
    /// <returns>Where they are, as the node sees it.</returns>
    public async Task<string> CopyToAsync(PodmanNode node, IEnumerable<string> files, CancellationToken cancellationToken)
    {
        foreach (var path in files.Append(OutputOf("src/PodmanBridge")).Append(Shim))
        {
            var target = node.OutsideOf($"{InsideNode}/{path}");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            var copied = await Command.RunAsync(
                "cp",
                ["--recursive", "--dereference", At(path), target],
                cancellationToken: cancellationToken
            );
            copied.OrThrow($"Copying {path}");
        }

        var given = await Command.RunAsync(
            "chown",
            ["--recursive", $"{node.User}:{node.User}", node.OutsideOf(InsideNode)],
            cancellationToken: cancellationToken
        );
        given.OrThrow("Giving the copy to the user of the node");
        return InsideNode;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string OutputOf(string program) => $"{program}/bin/Release/net10.0";

    // Links everything in a folder of the work tree, but for some of its folders.
    private void Link(string folder, params string[] except)
    {
        Directory.CreateDirectory(At(folder));
        foreach (var entry in Directory.EnumerateFileSystemEntries(Repository.At(folder)).Except(except))
        {
            File.CreateSymbolicLink(At(Path.GetRelativePath(Repository.Root, entry)), entry);
        }
    }
}
