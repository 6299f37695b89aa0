using System.Text.RegularExpressions;

namespace Stromboli.Architecture.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static partial class SourceTree
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The names of the projects under src.</summary>
    public static IReadOnlyList<string> Projects { get; } =
    [
        .. Directory
            .EnumerateFiles(
                Path.Combine(Root, "src"),
                "*.csproj",
                new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1 }
            )
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The compiled project. This test project references all of them.</summary>
    public static string AssemblyOf(string project)
    {
        var file = File.ReadAllText(Path.Combine(Root, "src", project, $"{project}.csproj"));
        var own = AssemblyName().Match(file).Groups["name"].Value;
        return Path.Combine(AppContext.BaseDirectory, $"{(own.Length > 0 ? own : $"Stromboli.{project}")}.dll");
    }

    /// <summary>The folder of every type that is declared in the C# files below a folder, by the type's full name.</summary>
    /// <param name="folder">A path below the repository's root. The types directly in it have the folder <c>(project folder)</c>.</param>
    public static Dictionary<string, string> FoldersOfTypes(string folder)
    {
        var root = Path.Combine(Root, folder);
        var folders = new Dictionary<string, string>();
        foreach (var file in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories))
        {
            var place = Path.GetRelativePath(root, Path.GetDirectoryName(file)!);
            if (place.Split('/')[0] is "bin" or "obj")
            {
                continue;
            }

            var text = File.ReadAllText(file);
            var space = Namespace().Match(text).Groups["name"].Value;
            foreach (var type in Type().Matches(text).Cast<Match>())
            {
                // The compiler appends the number of type parameters.
                var parameters = type.Groups["parameters"].Value;
                var arity = parameters.Length == 0 ? "" : $"`{parameters.Count(c => c == ',') + 1}";
                folders[$"{space}.{type.Groups["name"].Value}{arity}"] = place == "." ? "(project folder)" : place;
            }
        }

        return folders;
    }

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Stromboli.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"<AssemblyName>(?<name>[\w.-]+)</AssemblyName>", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AssemblyName();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();

    // A declaration that is not indented, so that nested types are left out.
    [GeneratedRegex(
        @"^([a-z]+ )*(class|struct|record|interface|enum|delegate [\w<>?\[\], ]+?) (?<name>\w+)(<(?<parameters>[^>]*)>)?",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Type();
}
