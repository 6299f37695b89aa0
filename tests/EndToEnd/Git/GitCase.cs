using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Git;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Git;

/// <summary>One case's repositories on its stack's Git server, and the documents of runs that clone them.</summary>
internal sealed class GitCase(Scene scene)
{
    /// <summary>A stack with a Git server and one node.</summary>
    public static StackOptions Options { get; } = new() { Git = true };

    /// <summary>The server.</summary>
    public GitServerProcess Server => scene.Stack.Git!;

    /// <summary>Makes a repository of the case's own.</summary>
    /// <param name="name">Its name; a first folder of <see cref="GitServerProcess"/>'s may stand before it.</param>
    /// <param name="script">See <see cref="GitRepositories"/>.</param>
    /// <returns>What the script printed.</returns>
    public Task<string> MakeAsync(string name, string script) => Server.Repositories.MakeAsync(PathOf(name), script, TestContext.Current.CancellationToken);

    /// <summary>The address of a repository of the case's own.</summary>
    public string UrlOf(string name) => $"{GitServerProcess.Origin}/{PathOf(name)}";

    /// <summary>The requests that came for a repository of the case's own.</summary>
    public IReadOnlyList<JsonNode> RequestsFor(string name) =>
        [.. Server.Requests().Where(request => request["target"]!.ToString().StartsWith($"/{PathOf(name)}/", StringComparison.Ordinal))];

    /// <summary>A run that runs a script of a shell in a clone.</summary>
    /// <param name="name">The run's name.</param>
    /// <param name="url">The address.</param>
    /// <param name="script">The script.</param>
    /// <param name="git">The members of <c>workspace.git</c> beside the address, as YAML in one line.</param>
    /// <param name="spec">A further member of the spec, as YAML in one line.</param>
    public static string Document(string name, string url, string script, string git = "", string spec = "") => $$"""
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

    private string PathOf(string name) => name.LastIndexOf('/') is var slash and >= 0 ? $"{name[..slash]}/{scene.Namespace}/{name[(slash + 1)..]}" : $"{scene.Namespace}/{name}";
}
