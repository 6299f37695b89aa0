using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>
/// What a settings file may and may not do, key by key, with the real CLI. One run carries the whole table: for each key its agent starts
/// the CLI once more, as the bridge started it, beside settings files that have only this key.
/// </summary>
public sealed class SettingsTableTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Nowhere = "http://127.0.0.1:9";

    private static readonly string[] Places = ["repository", "home"];

    // $1 is the CLI's process. Each row is a folder with settings.json and prompt; its answer becomes the file answer. Settings go into
    // both files of the repository and both of HOME, unless the row's name ends with one of the two places. The CLI gets the variables and
    // the settings that the bridge gave it, and a HOME of the row's own.
    private const string Script = """
        export CLI=$1
        tr '\0' '\n' < /proc/$CLI/cmdline | sed -n 's/^--settings=//p' > /workspace/given.json
        row() {
            cd "/workspace/rows/$1"
            mapfile -d '' -t environment < /proc/$CLI/environ
            mkdir -p home/.claude work/.claude
            case $1 in *-home) ;; *) cp settings.json work/.claude/settings.json; cp settings.json work/.claude/settings.local.json ;; esac
            case $1 in *-repository) ;; *) cp settings.json home/.claude/settings.json; cp settings.json home/.claude.json ;; esac
            cd work
            env -i "${environment[@]}" HOME="$PWD/../home" timeout -k 1 90 /opt/stromboli/claude/claude -p --settings="$(cat /workspace/given.json)" \
                --permission-mode=acceptEdits --allowedTools=Bash < ../prompt > ../answer 2>&1 || echo "exit code $?" >> ../answer
        }
        export -f row
        ls /workspace/rows | xargs -P 2 -I {} bash -c 'row {}'
        cd /workspace/rows
        for key in *; do echo "$key $(tr '\n' ' ' < "$key/answer")"; done
        echo "given $(cat /workspace/given.json)"
        """;

    /// <summary>What a file must not decide: where the model is, how the CLI signs in there, and whether it can start at all.</summary>
    private static readonly (string Key, string Value)[] MayNot =
    [
        ("env.ANTHROPIC_BASE_URL", Nowhere),
        ("env.ANTHROPIC_API_KEY", "another"),
        ("env.ANTHROPIC_AUTH_TOKEN", "another"),
        ("env.ANTHROPIC_UNIX_SOCKET", "/nowhere"),
        ("env.CLAUDE_CODE_OAUTH_TOKEN", "another"),
        ("env.CLAUDE_CODE_API_BASE_URL", Nowhere),
        ("env.CLAUDE_CODE_RUNNER_MODEL_SOCKET", "/nowhere"),
        ("env.CLAUDE_CODE_USE_BEDROCK", "1"),
        ("env.CLAUDE_CODE_USE_VERTEX", "1"),
        ("env.CLAUDE_CODE_USE_FOUNDRY", "1"),
        ("env.CLAUDE_CODE_USE_ANTHROPIC_AWS", "1"),
        ("env.CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD", "1"),
        ("env.CLAUDE_CODE_USE_MANTLE", "1"),
        ("env.CLAUDE_CODE_USE_GATEWAY", "1"),
        ("env.HTTP_PROXY", Nowhere),
        ("env.HTTPS_PROXY", Nowhere),
        ("env.ALL_PROXY", Nowhere),
        ("env.NO_PROXY", "example.com"),
        ("env.http_proxy", Nowhere),
        ("env.https_proxy", Nowhere),
        ("env.all_proxy", Nowhere),
        ("env.no_proxy", "example.com"),
        ("env.CLAUDE_CODE_HTTP_PROXY", Nowhere),
        ("env.CLAUDE_CODE_HTTPS_PROXY", Nowhere),
        ("env.NODE_EXTRA_CA_CERTS", "/nowhere"),
        ("env.CLAUDE_CODE_CLIENT_CERT", "/nowhere"),
        ("env.CLAUDE_CODE_CLIENT_KEY", "/nowhere"),
        ("env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "0"),
        ("env.DISABLE_AUTOUPDATER", "0"),
        ("apiKeyHelper", "sleep 600"),
        ("awsAuthRefresh", "sleep 600"),
        ("awsCredentialExport", "sleep 600"),
        ("gcpAuthRefresh", "sleep 600"),
        ("proxyAuthHelper", "sleep 600"),
        ("sandbox", """{"enabled": true, "failIfUnavailable": true}"""),
    ];

    /// <summary>What a file may do, and what comes of it: a command that the agent runs, and a part of the answer.</summary>
    private static readonly (string Key, string Value, string Command, string Answer)[] May =
    [
        ("env.OWN", "kept", "echo OWN=$OWN", "OWN=kept"),
        ("permissions", """{"deny": ["Bash(id:*)"]}""", "id", "denied"),
        ("hooks", """{"SessionStart": [{"hooks": [{"type": "command", "command": "echo ran > hooked"}]}]}""", "cat hooked", "ran"),
    ];

    [Fact]
    public async Task SettingsFile_KeyByKey_DoesWhatItMay()
    {
        var scene = await OnSharedStackAsync();
        // What no file may do is tried in all files at once, what a file may do in each place.
        List<Row> mayNot = [.. MayNot.Select(row => new Row(row.Key, row.Key, row.Value, scene.Unique($"@say reached\n# {row.Key}")))];
        List<(Row Row, string Answer)> may =
        [
            .. May.SelectMany(row =>
                Places
                    .Select(place => $"{row.Key}-{place}")
                    .Select(name =>
                        (new Row(name, row.Key, row.Value, scene.Unique($"@bash {row.Command}\n@echo-result\n# {name}")), row.Answer)
                    )
            ),
        ];
        List<Row> rows = [.. mayNot, .. may.Select(pair => pair.Row)];

        var run = await scene.ApplyRunAsync(Document(rows));
        var status = (await run.EndAsync()).Status;

        Assert.True(status.Reason == RunReason.Completed, $"{status.Reason}: {status.Message} {status.Result?.Text}");
        var answers = status
            .Result!.Text!.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' ', 2))
            .ToDictionary(line => line[0], line => line[1].Trim(), StringComparer.Ordinal);
        Assert.Multiple([
            () => Assert.Equal(Protected(answers["given"]), mayNot.Select(row => row.Key).Order(StringComparer.Ordinal)),
            .. rows.Select(row =>
                (Action)(() => Assert.True(scene.ModelRequests(row.Prompt).Count > 0, $"{row.Name}: {answers[row.Name]}"))
            ),
            .. mayNot.Select(row => (Action)(() => Assert.Equal((row.Name, "reached"), (row.Name, answers[row.Name])))),
            .. may.Select(pair =>
                (Action)(() => Assert.Contains(pair.Answer, $"{pair.Row.Name}: {answers[pair.Row.Name]}", StringComparison.Ordinal))
            ),
        ]);
    }

    // The keys that the settings of the bridge take out of the hands of every file: each has a row.
    private static IEnumerable<string> Protected(string given) =>
        JsonNode
            .Parse(given)!
            .AsObject()
            .SelectMany(member => member.Key == "env" ? member.Value!.AsObject().Select(variable => $"env.{variable.Key}") : [member.Key])
            .Order(StringComparer.Ordinal);

    // A file with only this key.
    private static string Settings(string key, string value)
    {
        JsonNode content = value is ['{', ..] ? JsonNode.Parse(value)! : JsonValue.Create(value);
        return key.Split('.') is ["env", var variable]
            ? new JsonObject { ["env"] = new JsonObject { [variable] = content } }.ToJsonString()
            : new JsonObject { [key] = content }.ToJsonString();
    }

    // Puts the script and the rows into the workspace.
    private static string Hook(IEnumerable<Row> rows) =>
        string.Join(
            '\n',
            rows.Select(row =>
                    $"""
                        mkdir -p rows/{row.Name}
                        {Put($"rows/{row.Name}/settings.json", Settings(row.Key, row.Value))}
                        {Put($"rows/{row.Name}/prompt", row.Prompt)}
                        """
                )
                .Append(Put("table.sh", Script))
        );

    private static string Put(string file, string text) => $"cat > {file} <<'END'\n{text}\nEND";

    private static JsonObject Variable(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static string Document(IReadOnlyList<Row> rows) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = "table" },
            ["spec"] = new JsonObject
            {
                ["prompt"] = "@bash bash /workspace/table.sh $PPID\n@echo-result",
                ["lifecycle"] = new JsonObject { ["onCreate"] = new JsonArray(Hook(rows)) },
                ["env"] = new JsonArray(Variable("BASH_DEFAULT_TIMEOUT_MS", "600000")),
                ["agent"] = new JsonObject { ["claude"] = new JsonObject { ["dangerouslySkipPermissions"] = true } },
                ["output"] = new JsonObject { ["statusBytes"] = "32Ki" },
            },
        }.ToJsonString();

    /// <summary>A start of the CLI.</summary>
    /// <param name="Name">The name of its folder.</param>
    /// <param name="Key">The only key of the settings.</param>
    /// <param name="Value">The key's value: text, or a JSON object.</param>
    /// <param name="Prompt">The prompt.</param>
    private sealed record Row(string Name, string Key, string Value, string Prompt);
}
