using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Sessions;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sessions;

/// <summary>A session of one case, and its runs.</summary>
internal sealed class SessionCase(Scene scene, string name = "talk")
{
    private static readonly TimeSpan Timeout = Poll.Timeout;

    /// <summary>The session's name.</summary>
    public string Name => name;

    /// <summary>The session as it is now.</summary>
    public async Task<AgentSession> NowAsync() =>
        (await FindAsync()) ?? throw new InvalidOperationException($"There is no session {name}.");

    /// <summary>The session as it is now; null if it is gone.</summary>
    public async Task<AgentSession?> FindAsync()
    {
        var json = await scene.KubectlAsync("get", "agentsession", name, "--ignore-not-found", "-o", "json");
        return string.IsNullOrWhiteSpace(json) ? null : JsonSerializer.Deserialize(json, CrdsJson.Default.AgentSession);
    }

    /// <summary>Makes the session.</summary>
    /// <param name="spec">Its spec, as one line of YAML without the braces.</param>
    public async Task CreateAsync(string spec = "") =>
        await scene.ApplyAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentSession
            metadata:
              name: {{name}}
            spec: { {{spec}} }
            """
        );

    /// <summary>Makes a run of the session whose agent is the CLI.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="prompt">The agent's prompt.</param>
    /// <param name="spec">Further members of its spec, as one line of YAML without the braces.</param>
    public Task<RunHistory> AskAsync(string run, string prompt, string spec = "") =>
        RunAsync(run, $"prompt: {JsonSerializer.Serialize(prompt)}, {spec}");

    /// <summary>Makes a run of the session that is a shell command.</summary>
    public Task<RunHistory> ShellAsync(string run, string command, string spec = "") =>
        RunAsync(run, $"prompt: '-', agent: {{command: [/bin/sh, -c, {JsonSerializer.Serialize(command)}]}}, {spec}");

    /// <summary>Waits until the session matches.</summary>
    public async Task<AgentSessionStatus> UntilAsync(string what, Func<AgentSessionStatus, bool> isSo)
    {
        AgentSessionStatus? found = null;
        await Poll.UntilAsync(
            $"the session {what}",
            Timeout,
            async _ => isSo(found = (await NowAsync()).Status!),
            TestContext.Current.CancellationToken
        );
        return found!;
    }

    /// <summary>Changes the session.</summary>
    public Task PatchAsync(string yaml) => scene.KubectlAsync("patch", "agentsession", name, "--type=merge", "-p", yaml);

    private Task<RunHistory> RunAsync(string run, string spec) =>
        scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{run}}
            spec: { sessionRef: {name: {{name}}}, {{spec}} }
            """
        );
}
