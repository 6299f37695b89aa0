using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Git;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Git;

/// <summary>The repositories of one case on its stack's Git server, and the documents of runs that clone them.</summary>
internal sealed class GitCase(Scene scene)
{
    /// <summary>A stack with a Git server and one node.</summary>
    public static StackOptions Options { get; } = new() { Git = true };

    /// <summary>The server.</summary>
    public GitServerProcess Server => scene.Stack.Git!;

    /// <summary>Makes a repository for the case.</summary>
    /// <param name="name">Its name, optionally after a special first folder of <see cref="GitServerProcess"/>.</param>
    /// <param name="script">See <see cref="GitRepositories"/>.</param>
    /// <returns>What the script printed.</returns>
    public Task<string> MakeAsync(string name, string script) =>
        Server.Repositories.MakeAsync(PathOf(name), script, TestContext.Current.CancellationToken);

    /// <summary>The address of a repository of the case.</summary>
    public string UrlOf(string name) => $"{GitServerProcess.Origin}/{PathOf(name)}";

    /// <summary>The path of a repository of the case on the server.</summary>
    public string FolderOf(string name) => PathOf(name);

    /// <summary>The branches and tags of a repository of the case, as <c>REF COMMIT</c>.</summary>
    public Task<IReadOnlyList<string>> RefsAsync(string name) =>
        Server.Repositories.RefsAsync(PathOf(name), TestContext.Current.CancellationToken);

    /// <summary>Runs git in a repository of the case and returns what it prints.</summary>
    public Task<string> RunAsync(string name, params string[] arguments) =>
        Server.Repositories.RunAsync(PathOf(name), arguments, TestContext.Current.CancellationToken);

    /// <summary>The requests for a repository of the case.</summary>
    public IReadOnlyList<JsonNode> RequestsFor(string name) =>
        [.. Server.Requests().Where(request => request["target"]!.ToString().StartsWith($"/{PathOf(name)}/", StringComparison.Ordinal))];

    /// <summary>Waits until the clone asks for packs of a repository below <c>gated</c>.</summary>
    /// <remarks>Before that, two requests ask for refs: one lists them, one belongs to the fetch.</remarks>
    /// <param name="name">The repository's name.</param>
    /// <param name="requests">How many requests there were before.</param>
    public Task IsFetchingAsync(string name, int requests = 0) =>
        Poll.UntilAsync(
            $"{name} is being cloned",
            TimeSpan.FromSeconds(30),
            () => RequestsFor(name).Skip(requests).Count(request => request["method"]!.ToString() == "POST") == 3
        );

    /// <summary>The container that clones, as the engine lists it; null when there is none.</summary>
    public async Task<JsonNode?> ClonerOfAsync(RunHistory run) =>
        (await scene.NodeOf(run).ContainersAsync(run.Uid)).SingleOrDefault(container =>
            container["Names"]![0]!.ToString().EndsWith("-clone", StringComparison.Ordinal)
        );

    /// <summary>The Secret with the credential of the server, for <c>credentialsSecretRef: {name: git}</c>.</summary>
    public static string Secret(string? password = null, string annotation = "stromboli.dev/use-as: git") =>
        $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: git
              annotations: { {{annotation}}, stromboli.dev/git-origins: "{{GitServerProcess.Origin}}" }
            type: kubernetes.io/basic-auth
            stringData:
              username: {{GitServerProcess.Credential.User}}
              password: {{password ?? GitServerProcess.Credential.Password}}
            """;

    /// <summary>A run of a shell script in a clone.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="url">The address.</param>
    /// <param name="script">The script.</param>
    /// <param name="git">The members of <c>workspace.git</c> besides the address, as one line of YAML.</param>
    /// <param name="spec">A further member of the spec, as one line of YAML.</param>
    public static string Document(string name, string url, string script, string git = "", string spec = "") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: none
              agent:
                command: [sh, -c, {{JsonValue.Create(script).ToJsonString()}}]
              workspace:
                git: {url: "{{url}}"{{(git.Length > 0 ? ", " + git : "")}}}
              {{spec}}
            """;

    private string PathOf(string name) =>
        name.LastIndexOf('/') is var slash and >= 0
            ? $"{name[..slash]}/{scene.Namespace}/{name[(slash + 1)..]}"
            : $"{scene.Namespace}/{name}";
}
