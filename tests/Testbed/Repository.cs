using System.Runtime.InteropServices;

namespace Stromboli.Testbed;

/// <summary>The paths of the work tree and of its build outputs, found from the testbed's own build output.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>Stromboli.sln</c>.</summary>
    /// <exception cref="TestbedException">The testbed was copied out of the work tree.</exception>
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The folder of the .NET installation that runs this process (<c>dotnet</c> and <c>shared/</c> are in it).</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>A path below the root.</summary>
    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>
    /// The folder that a project of this work tree builds into, in the configuration of the testbed itself.
    /// </summary>
    public static string BuildOutput(string project)
    {
        var configuration = AppContext.BaseDirectory.Contains("/bin/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return At(project, "bin", configuration, "net10.0");
    }

    /// <summary>The folder into which <c>make publish</c> puts a program: one native executable for this kind of machine.</summary>
    public static string PublishOutput(string project) => At(project, "bin", "Release", "net10.0", "linux-x64", "publish");

    private static string FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Stromboli.sln")))
            {
                return folder.FullName;
            }
        }

        throw new TestbedException($"No Stromboli.sln above {start}: run the testbed from its build output in the work tree.");
    }
}
