using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Testbed.Kube;

/// <summary>Runs <c>kubectl stromboli</c> as a user does: kubectl finds the plugin on the PATH.</summary>
/// <param name="kubeconfig">The kubeconfig of the user.</param>
/// <param name="published">Whether the plugin is the native executable of <c>make publish</c> instead of a build.</param>
public sealed class StromboliPlugin(string kubeconfig, bool published)
{
    private const string Project = "src/Cli";
    private const string Executable = "kubectl-stromboli";

    private readonly string _folder = published ? Repository.PublishOutput(Project) : Repository.BuildOutput(Project);

    /// <summary>The executable of the plugin.</summary>
    public string Path => System.IO.Path.Combine(_folder, Executable);

    /// <summary>The variables of a user's shell who has the plugin.</summary>
    public IReadOnlyDictionary<string, string> Environment =>
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{_folder}:{System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/sbin:/usr/bin:/sbin:/bin"}",
            ["KUBECONFIG"] = kubeconfig,
            // A build is found by its own runtime.
            ["DOTNET_ROOT"] = Repository.DotnetRoot,
        };

    /// <summary>Runs it and returns the result, also when it failed.</summary>
    /// <exception cref="TestbedException">It was not built.</exception>
    public Task<CommandResult> RunAsync(
        IEnumerable<string> arguments,
        string? input = null,
        Action<string>? onLine = null,
        CancellationToken cancellationToken = default
    ) =>
        File.Exists(Path)
            ? Command.RunAsync(
                Artefacts.Kubectl,
                ["stromboli", .. arguments],
                input,
                Environment,
                workingDirectory: Repository.Root,
                onLine,
                cancellationToken
            )
            : throw new TestbedException($"{Path} is missing: {(published ? "run make publish" : $"run dotnet build {Project}")}.");
}
