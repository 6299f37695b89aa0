namespace Stromboli.Testbed.Stacks;

/// <summary>
/// A program of this work tree as a stack runs it: the native executable that <c>make publish</c> made, or the assemblies of a build.
/// </summary>
/// <param name="Project">The project's folder below the work tree.</param>
/// <param name="Name">The name of the executable, and of the assembly without its extension.</param>
/// <param name="Published">Whether it is the published one, which is what users install; a build is there sooner.</param>
internal sealed record ProgramBuild(string Project, string Name, bool Published)
{
    /// <summary>Makes <paramref name="folder"/> a copy of it.</summary>
    /// <exception cref="TestbedException">It was not built.</exception>
    public Task CopyAsync(string folder, CancellationToken cancellationToken) =>
        Published
            ? BuildCopy.RefreshAsync(Repository.PublishOutput(Project), folder, Name, "run make publish", cancellationToken)
            : BuildCopy.RefreshAsync(
                Repository.BuildOutput(Project),
                folder,
                $"{Name}.dll",
                $"run dotnet build {Project}",
                cancellationToken
            );

    /// <summary>The beginning of its command line, run out of <paramref name="folder"/>.</summary>
    /// <param name="dotnet">The folder of the .NET installation, where the program runs.</param>
    public IReadOnlyList<string> Command(string folder, string dotnet) =>
        Published ? [$"{folder}/{Name}"] : [$"{dotnet}/dotnet", $"{folder}/{Name}.dll"];
}
