using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Git;

/// <summary>The repositories of a stack's Git server, made by git itself.</summary>
public sealed class GitRepositories(string folder)
{
    private const string Sample = "private/team/hello.git";

    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal)
    {
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_AUTHOR_NAME"] = "Testbed",
        ["GIT_AUTHOR_EMAIL"] = "testbed@example.com",
        ["GIT_COMMITTER_NAME"] = "Testbed",
        ["GIT_COMMITTER_EMAIL"] = "testbed@example.com",
    };

    /// <summary>Makes the repository that <c>samples/git.yaml</c> clones, unless it is there.</summary>
    public Task EnsureSampleAsync(CancellationToken cancellationToken = default) =>
        Directory.Exists(Path.Combine(folder, Sample))
            ? Task.CompletedTask
            : MakeAsync(Sample, "echo hello > README.md; commit 'Say hello'", cancellationToken);

    /// <summary>Sets the text that the server sends before each pack of a repository.</summary>
    /// <param name="path">The repository's path on the server.</param>
    /// <param name="text">The text, which may be any bytes.</param>
    public void SetMessages(string path, string text) => File.WriteAllText(Path.Combine(folder, path, "messages"), text);

    /// <summary>The branches and tags of a repository with the commits that they lead to, as <c>REF COMMIT</c>.</summary>
    /// <param name="path">The repository's path on the server.</param>
    public async Task<IReadOnlyList<string>> RefsAsync(string path, CancellationToken cancellationToken = default) =>
        (await RunAsync(path, ["for-each-ref", "--format=%(refname) %(objectname)"], cancellationToken)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries
        );

    /// <summary>Runs git in a repository and returns what it prints.</summary>
    /// <param name="path">The repository's path on the server.</param>
    /// <param name="arguments">The arguments.</param>
    public async Task<string> RunAsync(string path, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default)
    {
        var result = await Command.RunAsync(
            "git",
            ["-c", "safe.directory=*", "--git-dir", Path.Combine(folder, path), .. arguments],
            environment: Environment,
            cancellationToken: cancellationToken
        );
        return result.OrThrow($"git {arguments[0]} in {path}").Output;
    }

    /// <summary>
    /// Makes a repository: runs a shell script in an empty work tree on the branch <c>main</c>, and serves all branches and tags that the
    /// script made.
    /// </summary>
    /// <param name="path">Its path on the server, such as <c>team/project.git</c>.</param>
    /// <param name="script">The script; <c>commit MESSAGE</c> commits all files.</param>
    /// <returns>What the script printed.</returns>
    public async Task<string> MakeAsync(string path, string script, CancellationToken cancellationToken = default)
    {
        var bare = Path.Combine(folder, path);
        var work = Directory.CreateTempSubdirectory("stromboli-git-").FullName;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(bare)!);
            var whole = $$"""
                set -eu
                git init --quiet --initial-branch=main .
                commit() { git add --all && git commit --quiet --allow-empty --message "$1"; }
                {{script}}
                git clone --quiet --mirror . '{{bare}}' >&2
                """;
            var result = await Command.RunAsync(
                "/bin/sh",
                ["-c", whole],
                environment: Environment,
                workingDirectory: work,
                cancellationToken: cancellationToken
            );
            return result.OrThrow($"Making the repository {path}").Output.Trim();
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
