using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Pushes;

namespace Stromboli.PodmanBridge.Tests.Pushes;

/// <summary>The script that pushes what an agent left, with a real git, a repository in a folder, and hostile workspaces.</summary>
public sealed class PublishScriptTests : IDisposable
{
    private const string Branch = "stromboli/x";

    private const string Served = """
        set -eu
        git init -q -b main --bare server
        git init -q -b main made
        cd made
        commit() { git add --all; git commit -q -m "$1"; }
        for i in 1 2 3; do echo $i > f; commit $i; done
        git checkout -q -b side HEAD~2; echo s > s; commit side
        git checkout -q -b theirs main~2; echo t > t; commit theirs
        git checkout -q main; git merge -q --no-edit side
        mkdir -p .github/workflows/deep; echo y > .github/workflows/deep/ci.yml; commit protected
        git push -q ../server main
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("publish-script");

    private string Workspace => Path.Combine(_folder.FullName, "workspace");

    [Theory]
    [InlineData("", "", "echo n > n", 0)]
    // The branch is far behind what was cloned, and merges lie in between.
    [InlineData("main~3", "", "echo n > n", 0)]
    [InlineData("main", "--depth=1", "echo n > n", 0)]
    [InlineData("main~1", "--depth=1", "echo n > n", 76)]
    [InlineData("theirs", "", "echo n > n", 76)]
    [InlineData("", "", "git checkout -qb t HEAD~3; echo > t; git add t; git commit -qm t; git checkout -q -; git merge -q --no-edit t", 0)]
    [InlineData("", "", "git checkout -q --orphan other; git commit -q -m other", 71)]
    [InlineData("", "", "git mv .github other", 72)]
    [InlineData("", "", "git rm -q -r .github; mkdir -p e/workflows; echo e > e/workflows/ci.yml; ln -s e .github", 72)]
    [InlineData("", "", "ln -s f .gitlab-ci.yml", 72)]
    [InlineData("", "", "mkdir .gitlab-ci.yml; echo e > .gitlab-ci.yml/e", 72)]
    public async Task Workspace_IsPushedIfItFollowsAndTouchesNothingProtected(string at, string clone, string script, int expected)
    {
        await ServeAsync(at, clone);
        await ShellAsync(script, Workspace);

        Assert.Equal(expected, await PublishAsync());
    }

    [Fact]
    public async Task History_WithAForgedCommit_ProvesNothing()
    {
        await ServeAsync("theirs", "");
        await LoosenAsync();
        var theirs = await GitAsync("rev-parse", "origin/" + Branch);
        var old = await GitAsync("rev-parse", "main~3");
        var commit = await GitAsync("cat-file", "commit", old);
        await ShellAsync("echo n > n", Workspace);
        // The commit of theirs follows the first one; this one then seems to follow theirs.
        await ForgeAsync(old, commit.Replace("\nauthor", $"\nparent {theirs}\nauthor", StringComparison.Ordinal) + "\n");
        Assert.Contains(theirs, await GitAsync("rev-list", "HEAD"), StringComparison.Ordinal);

        Assert.Equal(76, await PublishAsync());
        Assert.Equal(theirs, await ShellAsync($"git rev-parse {Branch}", Path.Combine(_folder.FullName, "server")));
    }

    [Fact]
    public async Task Tree_ThatIsNotWhatItsNameSays_IsNotCompared()
    {
        await ServeAsync("", "");
        await LoosenAsync();
        var tree = await GitAsync("rev-parse", "HEAD:.github");
        await ShellAsync("echo evil > .github/workflows/deep/ci.yml; git commit -q -a -m evil", Workspace);
        var evil = await GitAsync("rev-parse", "HEAD:.github");
        // What was cloned then seems to have the same directory.
        File.Copy(ObjectPath(evil), ObjectPath(tree), overwrite: true);
        Assert.Equal("", await GitAsync("diff-tree", "-r", "--name-only", "HEAD~1", "HEAD", "--", ".github/workflows"));

        Assert.Equal(74, await PublishAsync());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task ServeAsync(string at, string clone)
    {
        await ShellAsync(Served + (at.Length == 0 ? "" : $"\ngit push -q ../server {at}:refs/heads/{Branch}"), _folder.FullName);
        await ShellAsync($"git clone -q {clone} file://$PWD/server workspace", _folder.FullName);
        await ShellAsync("git rev-parse HEAD > ../base", Workspace);
    }

    // Writes each object to a file of its own, in which it can be replaced.
    private Task LoosenAsync() =>
        ShellAsync(
            "mv .git/objects/pack ../packs; mkdir .git/objects/pack; cat ../packs/*.pack | git unpack-objects -q; chmod -R u+w .git",
            Workspace
        );

    private async Task ForgeAsync(string id, string commit)
    {
        await using var file = File.Create(ObjectPath(id));
        await using var packed = new ZLibStream(file, CompressionLevel.Fastest);
        await packed.WriteAsync(Encoding.UTF8.GetBytes($"commit {Encoding.UTF8.GetByteCount(commit)}\0{commit}"), CancellationToken.None);
    }

    private string ObjectPath(string id) => Path.Combine(Workspace, ".git/objects", id[..2], id[2..]);

    private Task<string> GitAsync(params string[] arguments) => ShellAsync($"git {string.Join(' ', arguments)}", Workspace);

    private async Task<int> PublishAsync()
    {
        var push = new PushOnSuccess
        {
            Branch = Branch,
            Message = "What was left",
            AuthorName = "a",
            AuthorEmail = "a@example.com",
            ProtectedPaths = [".github/workflows", ".gitlab-ci.yml"],
        };
        var commit = (await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "base"))).Trim();
        var argv = PublishCommand.Build(push, looks: false, commit, pids: 100, TimeSpan.FromMinutes(1)).Argv.ToArray();
        argv[2] = argv[2].Replace("/tmp/", _folder.FullName + "/", StringComparison.Ordinal);
        argv[5] = "file://" + Path.Combine(_folder.FullName, "server");
        return (await RunAsync(argv, Workspace)).Code;
    }

    private static async Task<string> ShellAsync(string script, string directory)
    {
        var (code, output) = await RunAsync(["/bin/sh", "-c", script], directory);
        Assert.Equal(0, code);
        return output;
    }

    private static async Task<(int Code, string Output)> RunAsync(string[] argv, string directory)
    {
        var start = new ProcessStartInfo(argv[0], argv[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in new[] { ("NAME", "a"), ("EMAIL", "a@example.com") })
        {
            start.Environment["GIT_AUTHOR_" + name] = start.Environment["GIT_COMMITTER_" + name] = value;
        }

        start.Environment["GIT_CONFIG_GLOBAL"] = start.Environment["GIT_CONFIG_SYSTEM"] = "/dev/null";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output.Trim());
    }
}
