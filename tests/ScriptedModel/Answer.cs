using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stromboli.ScriptedModel;

/// <summary>
/// The answer to one request: exactly one of text, command, structured result, status, or a stream that stops after its first event.
/// </summary>
internal sealed record Answer
{
    public string? Text { get; init; }

    /// <summary>The command of a <c>Bash</c> tool use.</summary>
    public string? Command { get; init; }

    /// <summary>The structured result, a JSON object: the input of a <c>StructuredOutput</c> tool use.</summary>
    public JsonObject? Structured { get; init; }

    /// <summary>The HTTP status of an error.</summary>
    public int? Status { get; init; }

    public bool Stalls { get; init; }

    public TimeSpan Delay { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>
    /// Decides the answer. A request that does not offer a tool, such as the CLI's own request for a title, cannot be answered with a use
    /// of that tool.
    /// </summary>
    public static Answer Decide(Conversation conversation, IReadOnlyList<string> tools)
    {
        var line = conversation.Answer();
        var answer = new Answer { Usage = line.Usage, Delay = line.Delay };
        return line.Verb switch
        {
            Verb.Say => answer with { Text = line.Argument },
            Verb.Bash when tools.Contains("Bash") => answer with { Command = line.Argument },
            Verb.Status when int.TryParse(line.Argument, out var status) && status is >= 400 and <= 599 => answer with { Status = status },
            Verb.Structured when tools.Contains("StructuredOutput") && ObjectOf(line.Argument) is { } json => answer with
            {
                Structured = json,
            },
            Verb.Stall => answer with { Stalls = true },
            Verb.EchoResult => answer with { Text = conversation.LastToolResult },
            Verb.Recall => answer with { Text = string.Join('\n', conversation.Prompts) },
            _ => answer with { Text = "OK" },
        };
    }

    private static JsonObject? ObjectOf(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
