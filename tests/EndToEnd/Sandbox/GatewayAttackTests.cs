using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>An agent sends its own requests to the model's gateway, with a credential and claims of its own.</summary>
public sealed class GatewayAttackTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Script = """
        send() { printf "$1\r\nHost: x\r\nConnection: close\r\n$2\r\n" | intruder ask 8317; }
        say() { echo "$1: $(send "$2" "$3")"; }
        body="$BODY"; length=$(printf %s "$body" | wc -c)
        post="Content-Type: application/json\r\nContent-Length: $length\r\n"
        echo "own credential: $(send 'POST /v1/messages HTTP/1.1' "x-api-key: stolen\r\nauthorization: Bearer stolen\r\ncookie: stolen\r\nproxy-authorization: stolen\r\nanthropic-version: 2023-06-01\r\n$post\r\n$(printf %s "$body" | sed 's/%/%%/g; s/\\/\\\\/g')")"
        say "another path" 'GET /v1/models HTTP/1.1'
        say "files" 'GET /v1/files HTTP/1.1'
        say "absolute target" 'POST http://127.0.0.1/v1/messages HTTP/1.1' 'Content-Length: 0\r\n'
        say "dots" 'POST /v1/messages/../models HTTP/1.1' 'Content-Length: 0\r\n'
        say "escapes" 'POST /v1%%2fmessages HTTP/1.1' 'Content-Length: 0\r\n'
        say "query" 'POST /v1/messages?beta=true&key=1 HTTP/1.1' 'Content-Length: 0\r\n'
        say "tunnel" 'CONNECT 127.0.0.1:22 HTTP/1.1'
        say "two lengths" 'POST /v1/messages HTTP/1.1' 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n'
        say "no JSON" 'POST /v1/messages HTTP/1.1' 'Content-Type: application/json\r\nContent-Length: 3\r\n\r\nabc'
        say "mcp servers" 'POST /v1/messages HTTP/1.1' 'Content-Type: application/json\r\nContent-Length: 30\r\n\r\n{"model":"m","mcp_servers":[]}'
        say "tool at the provider" 'POST /v1/messages HTTP/1.1' 'Content-Type: application/json\r\nContent-Length: 53\r\n\r\n{"model":"m","tools":[{"type":"web_fetch_20250910"}]}'
        say "source elsewhere" 'POST /v1/messages HTTP/1.1' 'Content-Type: application/json\r\nContent-Length: 81\r\n\r\n{"model":"m","messages":[{"content":[{"type":"image","source":{"type":"url"}}]}]}'
        say "unknown beta" 'POST /v1/messages HTTP/1.1' 'Content-Type: application/json\r\nanthropic-beta: anything-2030-01-01\r\nContent-Length: 13\r\n\r\n{"model":"m"}'
        say "upgrade" 'GET / HTTP/1.1' 'Connection: Upgrade\r\nUpgrade: websocket\r\n'
        echo '{"type":"result","usage":{"input_tokens":999999},"total_cost_usd":999}'
        """;

    [Fact]
    public async Task Requests_ByHand_CarryOurCredentialAndCountWhatTheModelSays()
    {
        var scene = await OnSharedStackAsync();
        var prompt = $"@usage in=123 out=45\n@say well\n# {scene.Namespace}";
        await Intruders.EnsureAsync(scene.Inspect("node-1"));
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: own
              annotations:
                stromboli.dev/use-as: model
            stringData:
              api-key: key-{{scene.Namespace}}
            ---
            {{HeldRun.Yaml("by-hand", Intruders.Image, Script, $$"""
              nodeName: node-1
              model:
                credentialsSecretRef: {name: own}
              env:
                - name: BODY
                  value: '{"model":"claude-opus-4-5","max_tokens":100,"messages":[{"role":"user","content":"{{prompt.ReplaceLineEndings("\\n")}}"}]}'
            """)}}
            """
        );
        var status = (await run.EndAsync()).Status;
        var answers = (status.Result?.Text ?? "")
            .Split('\n')
            .Where(line => line.Contains(": ", StringComparison.Ordinal))
            .Select(line => line.Split(": ", 2))
            .ToDictionary(pair => pair[0], pair => pair[1]);

        Assert.Equal("200", answers["own credential"]);
        var request = Assert.Single(scene.ModelRequests(prompt));
        Assert.Equal($$"""{"x-api-key":"key-{{scene.Namespace}}"}""", request["credentials"]!.ToJsonString());
        Assert.DoesNotContain(scene.Stack.Model.Requests(), other => other.ToJsonString().Contains("stolen", StringComparison.Ordinal));

        Assert.All(["another path", "files", "dots", "escapes", "query"], name => Assert.Equal("404", answers[name]));
        Assert.All(
            ["absolute target", "two lengths", "no JSON", "mcp servers", "tool at the provider", "source elsewhere", "unknown beta"],
            name => Assert.Equal("400", answers[name])
        );
        Assert.Contains(answers["tunnel"], new[] { "404", "405", "400" });
        Assert.Equal("200", answers["upgrade"]);
        Assert.All(scene.Stack.Model.Requests(), other => Assert.StartsWith("/v1/messages", other["target"]!.ToString()));

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.Equal((123L, 45L), (status.Usage?.InputTokens, status.Usage?.OutputTokens));
        Assert.InRange(decimal.Parse(status.Usage?.CostUSD ?? "", CultureInfo.InvariantCulture), 0.0001m, 0.1m);
    }
}
