namespace Stromboli.Crds.Tests.Generator;

internal static class RepositoryFolder
{
    /// <summary>The path of a folder of the repository, which contains the test's own binaries.</summary>
    internal static string Of(params ReadOnlySpan<string> path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Stromboli.sln")))
            {
                return Path.Combine([folder.FullName, .. path]);
            }
        }
        throw new DirectoryNotFoundException("No folder above the tests contains Stromboli.sln");
    }
}
