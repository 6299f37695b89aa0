using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Git;

namespace Stromboli.EndToEnd.Git;

/// <summary>A compromised clone container and an agent ask the git gateway for what they may not have.</summary>
public sealed class GatewayAttackTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly string[] Requests =
    [
        "POST /repository/git-receive-pack",
        "GET /repository/info/refs?service=git-receive-pack",
        "GET /repository/info/refs?service=git-upload-pack&other=1",
        "GET /repository/info/refs",
        "GET /repository/HEAD",
        "GET /repository/objects/info/packs",
        "GET /repository/../OTHER/info/refs?service=git-upload-pack",
        "GET /repository/%2e%2e/OTHER/info/refs?service=git-upload-pack",
        "GET /repository//info/refs?service=git-upload-pack",
        "GET //repository/info/refs?service=git-upload-pack",
        "GET /OTHER/info/refs?service=git-upload-pack",
        "GET https://git.example.com/OTHER/info/refs?service=git-upload-pack",
        "GET http://127.0.0.1:8318/repository/info/refs?service=git-upload-pack",
        "HEAD /repository/info/refs?service=git-upload-pack",
        "PUT /repository/git-upload-pack",
        "CONNECT git.example.com:443",
        "OPTIONS *",
    ];

    [Fact]
    public async Task Gateway_AskedForMore_SendsNothing()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/private/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        await own.MakeAsync("private/other.git", "commit one");
        var run = await scene.ApplyRunAsync(
            $"{GitCase.Secret()}\n---\n{GitCase.Document("attacked", own.UrlOf(name), "cat file", "credentialsSecretRef: {name: git}")}"
        );
        await own.IsFetchingAsync(name);
        var before = own
            .Server.Requests()
            .Count(request => request["target"]!.ToString().Contains(scene.Namespace, StringComparison.Ordinal));
        var cloner = (await own.ClonerOfAsync(run))!["Id"]!.ToString();
        var node = scene.NodeOf(run).Node.Machine;

        foreach (var request in Requests)
        {
            var line = request.Replace(
                "OTHER",
                own.UrlOf("private/other.git")[(GitServerProcess.Origin.Length + 1)..],
                StringComparison.Ordinal
            );
            var answer = await node.RunAsync([
                "podman",
                "exec",
                cloner,
                "/bin/bash",
                "-c",
                """
                exec 3<>/dev/tcp/127.0.0.1/8318; printf '%s HTTP/1.1\r\nHost: 127.0.0.1:8318\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' "$1" >&3; read -r -t 10 line <&3; echo "$line"
                """,
                "ask",
                line,
            ]);
            Assert.Matches("^HTTP/1.1 (404|400|405) ", answer.Output);
        }

        // What remains possible: a fetch of the one repository.
        var right = await node.RunAsync([
            "podman",
            "exec",
            "--env",
            "HOME=/tmp",
            cloner,
            "/usr/bin/git",
            "ls-remote",
            "http://127.0.0.1:8318/repository",
        ]);
        Assert.Contains("refs/heads/main", right.Output);
        var after = own
            .Server.Requests()
            .Where(request => request["target"]!.ToString().Contains(scene.Namespace, StringComparison.Ordinal))
            .Skip(before);
        Assert.All(after, request => Assert.StartsWith($"/gated/{scene.Namespace}/private/", request["target"]!.ToString()));
        Assert.Equal(2, after.Count());

        own.Server.OpenGate(scene.Namespace);
        Assert.Equal("one", (await run.EndAsync()).Status.Result?.Text?.TrimEnd());
    }

    [Fact]
    public async Task Agent_HasNoWayToTheRepository()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        await own.MakeAsync("project.git", "echo one > file; commit one");

        var run = await scene.ApplyRunAsync(
            GitCase.Document(
                "agent",
                own.UrlOf("project.git"),
                "ls /run/stromboli/git.sock || echo none; bash -c 'exec 3<>/dev/tcp/127.0.0.1/8318' || echo refused; git ls-remote http://127.0.0.1:8318/repository || echo no"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.Equal("none\nrefused\nno", status.Result!.Text!.TrimEnd());
    }

    [Fact]
    public async Task Cloner_IsConfinedAsTheAgent()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        var run = await scene.ApplyRunAsync(GitCase.Document("held", own.UrlOf(name), "true", spec: "resources: {limits: {pids: 100}}"));
        await own.IsFetchingAsync(name);
        var both = await scene.NodeOf(run).InspectAllAsync(run.Uid);
        var cloner = both.Single(container => container["Name"]!.ToString().EndsWith("-clone", StringComparison.Ordinal));
        var agent = both.Single(container => container != cloner);

        foreach (
            var path in new[]
            {
                "Config.User",
                "Config.Labels",
                "Config.Entrypoint",
                "Config.Timeout",
                "Config.Umask",
                "EffectiveCaps",
                "HostConfig.NetworkMode",
                "HostConfig.ReadonlyRootfs",
                "HostConfig.SecurityOpt",
                "HostConfig.Ulimits",
                "HostConfig.CapDrop",
                "HostConfig.IpcMode",
                "HostConfig.Tmpfs",
            }
        )
        {
            Assert.Equal(At(agent, path), At(cloner, path));
        }

        Assert.Equal(
            ["/etc/hosts", "/etc/resolv.conf", "/opt/stromboli/shim", "/run/stromboli", "/workspace"],
            cloner["Mounts"]!
                .AsArray()
                .Where(mount => mount!["Type"]!.ToString() != "tmpfs")
                .Select(mount => mount!["Destination"]!.ToString())
                .Order(StringComparer.Ordinal)
        );
        own.Server.OpenGate(scene.Namespace);
        await run.EndAsync();

        static string? At(System.Text.Json.Nodes.JsonNode node, string path) =>
            path.Split('.').Aggregate((System.Text.Json.Nodes.JsonNode?)node, (at, part) => at?[part])?.ToJsonString();
    }
}
