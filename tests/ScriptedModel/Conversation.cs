using System.Text.Json;
using System.Text.RegularExpressions;

namespace Stromboli.ScriptedModel;

/// <summary>
/// The parts of a Messages request that a script needs. The CLI (2.1.x) puts <c>system-reminder</c> blocks beside and into the user's text,
/// sends messages of the role <c>system</c> between the others, and sends tool results as messages of the user. None of these is a prompt.
/// </summary>
internal sealed partial class Conversation
{
    private readonly List<string> _prompts = [];

    private Conversation() { }

    /// <summary>Every prompt of the user, oldest first.</summary>
    public IReadOnlyList<string> Prompts => _prompts;

    /// <summary>The turns that the assistant has taken since the last prompt.</summary>
    public int Turns { get; private set; }

    /// <summary>The text of the last tool result; empty if there was none.</summary>
    public string LastToolResult { get; private set; } = "";

    /// <summary>Reads the messages of a request.</summary>
    public static Conversation Read(JsonElement request)
    {
        var conversation = new Conversation();
        if (!request.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
        {
            return conversation;
        }

        var last = "";
        foreach (var message in messages.EnumerateArray())
        {
            var role = message.TryGetProperty("role", out var r) ? r.GetString() ?? "" : "";
            if (role == "user")
            {
                conversation.ReadUser(message);
            }
            else if (role == "assistant" && last != "assistant")
            {
                conversation.Turns++;
            }

            if (role is "user" or "assistant")
            {
                last = role;
            }
        }

        return conversation;
    }

    /// <summary>The answer that is due.</summary>
    public ScriptLine Answer()
    {
        var lines = _prompts.Count == 0 ? [] : ScriptLine.Parse(_prompts[^1]);
        return Turns < lines.Count ? lines[Turns] : ScriptLine.Default;
    }

    private void ReadUser(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content))
        {
            return;
        }

        if (ToolResult(content) is { } result)
        {
            LastToolResult = result;
            return;
        }

        var prompt = Reminder().Replace(Text(content), "").Trim('\n');
        if (string.IsNullOrWhiteSpace(prompt))
        {
            return;
        }

        _prompts.Add(prompt);
        Turns = 0;
        LastToolResult = "";
    }

    private static string? ToolResult(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        string? result = null;
        foreach (var block in content.EnumerateArray())
        {
            if (TypeOf(block) == "tool_result")
            {
                result = block.TryGetProperty("content", out var inner) ? Text(inner) : "";
            }
        }

        return result;
    }

    private static string Text(JsonElement content) =>
        content.ValueKind switch
        {
            JsonValueKind.String => content.GetString()!,
            JsonValueKind.Array => string.Join(
                '\n',
                content.EnumerateArray().Where(b => TypeOf(b) == "text").Select(b => b.GetProperty("text").GetString())
            ),
            _ => "",
        };

    private static string TypeOf(JsonElement block) =>
        block.ValueKind == JsonValueKind.Object && block.TryGetProperty("type", out var type) ? type.GetString() ?? "" : "";

    [GeneratedRegex(
        "<system-reminder>.*?</system-reminder>\n?",
        RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex Reminder();
}
