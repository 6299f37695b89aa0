using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// The value of <c>--settings</c>. The CLI lets a settings file of the repository or of HOME override the variables that it was started
/// with. A file that names another address for the model, a proxy or a cloud provider would cut the run off from its model.
/// <c>--settings</c> overrides all those files (seen in 2.1.329 for each of these and for <c>.claude/settings.json</c>,
/// <c>.claude/settings.local.json</c>, <c>~/.claude/settings.json</c> and <c>~/.claude.json</c>), and an empty value unsets a variable. The
/// CLI accepts the flag once. If the run gives a path, <see cref="HostManaged"/> does the same.
/// </summary>
internal static class ClaudeSettings
{
    /// <summary>
    /// The variables that decide where the CLI finds its model and how it signs in there. Each keeps its value from the agent's
    /// environment, or stays unset.
    /// </summary>
    internal static readonly IReadOnlyList<string> Variables =
    [
        "ANTHROPIC_BASE_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_AUTH_TOKEN",
        "ANTHROPIC_UNIX_SOCKET",
        "CLAUDE_CODE_OAUTH_TOKEN",
        "CLAUDE_CODE_API_BASE_URL",
        "CLAUDE_CODE_RUNNER_MODEL_SOCKET",
        "CLAUDE_CODE_USE_BEDROCK",
        "CLAUDE_CODE_USE_VERTEX",
        "CLAUDE_CODE_USE_FOUNDRY",
        "CLAUDE_CODE_USE_ANTHROPIC_AWS",
        "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
        "CLAUDE_CODE_USE_MANTLE",
        "CLAUDE_CODE_USE_GATEWAY",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "CLAUDE_CODE_HTTP_PROXY",
        "CLAUDE_CODE_HTTPS_PROXY",
        "NODE_EXTRA_CA_CERTS",
        "CLAUDE_CODE_CLIENT_CERT",
        "CLAUDE_CODE_CLIENT_KEY",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC",
        "DISABLE_AUTOUPDATER",
    ];

    /// <summary>The settings that name a program which the CLI runs, and waits for, to sign in. Each is set to an empty value.</summary>
    internal static readonly IReadOnlyList<string> Helpers =
    [
        "apiKeyHelper",
        "awsAuthRefresh",
        "awsCredentialExport",
        "gcpAuthRefresh",
        "proxyAuthHelper",
    ];

    /// <summary>
    /// With this variable the CLI ignores everything in a settings file that decides where its model is. The CLI then also ignores the
    /// choice of a model there, so the variable is set only if the run gives a path.
    /// </summary>
    public const string HostManaged = "CLAUDE_CODE_PROVIDER_MANAGED_BY_HOST";

    /// <summary>Whether the run's own settings are the path of a file in the container.</summary>
    public static bool IsPath(string? own) => own is ['/', ..];

    /// <summary>Puts the settings together.</summary>
    /// <param name="own">The run's own settings, a JSON object; null for none. Values in it for a protected name are ignored.</param>
    /// <param name="environment">The agent's environment, <c>NAME=value</c>.</param>
    /// <exception cref="ArgumentException">The run's own settings are not one JSON object, or contain a member twice.</exception>
    public static string Build(string? own, IReadOnlyList<string> environment)
    {
        using var document = Parse(own);
        var root = document.RootElement;
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var setting in root.EnumerateObject().Where(setting => setting.Name != "env" && !Helpers.Contains(setting.Name)))
            {
                Copy(writer, setting);
            }

            WriteVariables(writer, root, environment);
            foreach (var helper in Helpers)
            {
                writer.WriteString(helper, "");
            }
            // The CLI's own sandbox cannot start in the container. A settings file that requires the sandbox would end the run.
            if (!root.TryGetProperty("sandbox", out _))
            {
                writer.WriteStartObject("sandbox"u8);
                writer.WriteBoolean("enabled"u8, false);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteVariables(Utf8JsonWriter writer, JsonElement root, IReadOnlyList<string> environment)
    {
        var values = environment
            .Select(variable => variable.Split('=', 2))
            .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        writer.WriteStartObject("env"u8);
        if (root.TryGetProperty("env", out var env) && env.ValueKind == JsonValueKind.Object)
        {
            foreach (var variable in env.EnumerateObject().Where(variable => !Variables.Contains(variable.Name)))
            {
                Copy(writer, variable);
            }
        }

        foreach (var name in Variables)
        {
            writer.WriteString(name, values.GetValueOrDefault(name, ""));
        }

        writer.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter writer, JsonProperty property)
    {
        writer.WritePropertyName(property.Name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(property.Value), skipInputValidation: true);
    }

    private static JsonDocument Parse(string? own)
    {
        JsonDocument? document = null;
        try
        {
            // Readers of JSON differ in which of two members with the same name they use: the CLI may choose another one than we do.
            document = JsonDocument.Parse(own ?? "{}", new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }
        }
        // The other two exceptions mean half a surrogate pair, either literal or as an escape in the name of a member.
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            // As below: the API refuses this earlier, but a node does not rely on that.
        }

        document?.Dispose();
        throw new ArgumentException("agent.claude.settings is not a JSON object", nameof(own));
    }
}
