namespace Stromboli.Architecture.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class SourceTree
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
    public static string AssemblyOf(string project) => Path.Combine(AppContext.BaseDirectory, $"Stromboli.{project}.dll");

    /// <summary>The C# files below a folder that a person wrote.</summary>
    public static IEnumerable<string> SourceFiles(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split('/')[0] is not ("bin" or "obj"));

    private static string FindRoot(string folder) =>
        File.Exists(Path.Combine(folder, "Stromboli.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
