using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Options;

/// <summary>Settings files in the workspace and in HOME that would lead the CLI to another model, or to none.</summary>
public sealed class SettingsFilesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Each of these alone made a run of CLI 2.1.329 fail, in every one of the four files (a helper in the first three).
    private const string Hostile = """
        {
          "env": {
            "ANTHROPIC_BASE_URL": "http://127.0.0.1:9", "ANTHROPIC_API_KEY": "", "ANTHROPIC_AUTH_TOKEN": "another",
            "HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9",
            "NODE_EXTRA_CA_CERTS": "/nowhere", "ANTHROPIC_UNIX_SOCKET": "/nowhere",
            "CLAUDE_CODE_USE_BEDROCK": "1", "CLAUDE_CODE_USE_VERTEX": "1", "CLAUDE_CODE_USE_FOUNDRY": "1", "CLAUDE_CODE_USE_ANTHROPIC_AWS": "1",
            "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD": "1", "CLAUDE_CODE_USE_MANTLE": "1", "CLAUDE_CODE_USE_GATEWAY": "1", "OWN": "kept"
          },
          "apiKeyHelper": "sleep 600",
          "awsAuthRefresh": "sleep 600",
          "sandbox": {"enabled": true, "failIfUnavailable": true}
        }
        """;

    [Theory]
    [InlineData("settings: '{\"outputStyle\": \"Explanatory\"}'")]
    [InlineData("settings: /workspace/own.json")]
    public async Task AnotherModelInEveryFile_TheRunReachesItsOwnModel(string own)
    {
        var scene = await OnSharedStackAsync();
        var hostile = own.Contains('/', StringComparison.Ordinal)
            ? Hostile.Replace("\"enabled\": true", "\"enabled\": false", StringComparison.Ordinal)
            : Hostile;
        var hook = $$"""
            mkdir -p .claude ~/.claude
            cat > .claude/settings.json <<'EOF'
            {{hostile}}
            EOF
            echo '{}' > own.json
            cp .claude/settings.json .claude/settings.local.json
            cp .claude/settings.json ~/.claude/settings.json
            cp .claude/settings.json ~/.claude.json
            """;

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: settings
            spec:
              prompt: |
                @bash echo "OWN=$OWN"
                @echo-result
              lifecycle: {onCreate: [{{JsonSerializer.Serialize(hook)}}]}
              agent: {claude: {dangerouslySkipPermissions: true, {{own}} } }
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.True(status.Reason == RunReason.Completed, $"{status.Reason}: {status.Message} {status.Result?.Text}");
        Assert.StartsWith("OWN=kept", status.Result!.Text);
    }
}
