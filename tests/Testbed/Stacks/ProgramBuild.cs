namespace Stromboli.Testbed.Stacks;

/// <summary>
/// A program of this work tree that a stack runs: the native executable of <c>make publish</c>, or the assemblies of a build.
/// </summary>
/// <param name="Project">The project's folder below the work tree.</param>
/// <param name="Name">The name of the executable, and of the assembly without its extension.</param>
/// <param name="Published">Whether it is the published one, which users install. A build is ready sooner.</param>
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

    /// <summary>The start of its command line in <paramref name="folder"/>.</summary>
    /// <param name="dotnet">The folder of the .NET installation on the machine that runs it.</param>
    public IReadOnlyList<string> Command(string folder, string dotnet) =>
        Published ? [$"{folder}/{Name}"] : [$"{dotnet}/dotnet", $"{folder}/{Name}.dll"];
}
