namespace Stromboli.Shim.Tests.Harness;

internal static class Paths
{
    public static string Repository { get; } = FindRepository();

    public static string Native => Path.Combine(Repository, "src", "native");

    public static string Shim => Path.Combine(Native, "shim");

    public static string Tests => Path.Combine(Repository, "tests", "Shim.Tests");

    /// <summary>Where test builds go; ignored by git.</summary>
    public static string Builds => Path.Combine(AppContext.BaseDirectory, "native");

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Stromboli.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("no Stromboli.sln above the tests");
        }

        return directory.FullName;
    }
}
