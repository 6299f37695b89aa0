using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stromboli.ScriptedModel;

/// <summary>Writes an answer as the Messages API does, as one object or as server-sent events.</summary>
internal static class MessageWriter
{
    private const int Piece = 24;

    public static JsonObject Whole(Answer answer, string model)
    {
        var message = Message(model, UsageOf(answer.Usage, answer.Usage.Output));
        message["content"] = new JsonArray(
            ToolInput(answer) is { } input ? ToolUse(answer, input) : new JsonObject { ["type"] = "text", ["text"] = answer.Text }
        );
        message["stop_reason"] = StopReason(answer);
        return message;
    }

    public static async Task StreamAsync(HttpResponse response, Answer answer, string model, CancellationToken cancellationToken)
    {
        await EventAsync(
            response,
            new JsonObject { ["type"] = "message_start", ["message"] = Message(model, UsageOf(answer.Usage, 1)) },
            cancellationToken
        );
        if (answer.Stalls)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return;
        }

        var block = ToolInput(answer) is null ? new JsonObject { ["type"] = "text", ["text"] = "" } : ToolUse(answer, []);
        await EventAsync(
            response,
            new JsonObject
            {
                ["type"] = "content_block_start",
                ["index"] = 0,
                ["content_block"] = block,
            },
            cancellationToken
        );
        await EventAsync(response, new JsonObject { ["type"] = "ping" }, cancellationToken);
        foreach (var delta in Deltas(answer))
        {
            await EventAsync(
                response,
                new JsonObject
                {
                    ["type"] = "content_block_delta",
                    ["index"] = 0,
                    ["delta"] = delta,
                },
                cancellationToken
            );
        }

        await EventAsync(response, new JsonObject { ["type"] = "content_block_stop", ["index"] = 0 }, cancellationToken);
        await EventAsync(
            response,
            new JsonObject
            {
                ["type"] = "message_delta",
                ["delta"] = new JsonObject { ["stop_reason"] = StopReason(answer), ["stop_sequence"] = null },
                ["usage"] = UsageOf(answer.Usage, answer.Usage.Output),
            },
            cancellationToken
        );
        await EventAsync(response, new JsonObject { ["type"] = "message_stop" }, cancellationToken);
    }

    public static JsonObject Error(int status, string requestID) =>
        new()
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = ErrorType(status), ["message"] = $"the script says {status}" },
            ["request_id"] = requestID,
        };

    private static IEnumerable<JsonObject> Deltas(Answer answer)
    {
        var input = ToolInput(answer)?.ToJsonString();
        var text = input ?? answer.Text ?? "";
        for (var at = 0; at < text.Length; )
        {
            var length = Math.Min(Piece, text.Length - at);
            // Encoding would destroy a surrogate pair that is cut in two.
            if (char.IsHighSurrogate(text[at + length - 1]) && at + length < text.Length)
            {
                length++;
            }

            var piece = text.Substring(at, length);
            at += length;
            yield return input is null
                ? new JsonObject { ["type"] = "text_delta", ["text"] = piece }
                : new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece };
        }
    }

    private static JsonObject Message(string model, JsonObject usage) =>
        new()
        {
            ["id"] = "msg_" + Guid.NewGuid().ToString("N"),
            ["type"] = "message",
            ["role"] = "assistant",
            ["model"] = model,
            ["content"] = new JsonArray(),
            ["stop_reason"] = null,
            ["stop_sequence"] = null,
            ["usage"] = usage,
        };

    private static JsonObject? ToolInput(Answer answer) =>
        answer switch
        {
            { Command: { } command } => new JsonObject { ["command"] = command, ["description"] = "Run the script's command" },
            { Structured: { } structured } => structured.DeepClone().AsObject(),
            _ => null,
        };

    private static JsonObject ToolUse(Answer answer, JsonObject input) =>
        new()
        {
            ["type"] = "tool_use",
            ["id"] = "toolu_" + Guid.NewGuid().ToString("N"),
            ["name"] = answer.Command is null ? "StructuredOutput" : "Bash",
            ["input"] = input,
        };

    private static JsonObject UsageOf(Usage usage, long output)
    {
        var json = Figures(usage, output);
        if (usage.WebSearches + usage.WebFetches > 0)
        {
            json["server_tool_use"] = new JsonObject
            {
                ["web_search_requests"] = usage.WebSearches,
                ["web_fetch_requests"] = usage.WebFetches,
            };
        }

        if (usage.Iterations.Count > 0)
        {
            json["iterations"] = new JsonArray([.. usage.Iterations.Select(Sampling), Message(usage, output)]);
        }

        foreach (var (name, value) in usage.Unknown)
        {
            json[name] = value;
        }

        return json;
    }

    private static JsonNode Sampling(Iteration iteration)
    {
        var json = new JsonObject
        {
            ["type"] = iteration.Type,
            ["input_tokens"] = iteration.Input,
            ["output_tokens"] = iteration.Output,
        };
        if (iteration.Model is { } model)
        {
            json["model"] = model;
        }

        return json;
    }

    private static JsonNode Message(Usage usage, long output)
    {
        var json = Figures(usage, output);
        json.Remove("service_tier");
        json["type"] = "message";
        return json;
    }

    private static JsonObject Figures(Usage usage, long output) =>
        new()
        {
            ["input_tokens"] = usage.Input,
            ["cache_creation_input_tokens"] = usage.CacheWrite + usage.CacheWriteHour,
            ["cache_read_input_tokens"] = usage.CacheRead,
            ["cache_creation"] = new JsonObject
            {
                ["ephemeral_5m_input_tokens"] = usage.CacheWrite,
                ["ephemeral_1h_input_tokens"] = usage.CacheWriteHour,
            },
            ["output_tokens"] = output,
            ["service_tier"] = "standard",
        };

    private static string StopReason(Answer answer) => ToolInput(answer) is null ? "end_turn" : "tool_use";

    private static string ErrorType(int status) =>
        status switch
        {
            401 => "authentication_error",
            402 => "billing_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            504 => "timeout_error",
            529 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };

    private static async Task EventAsync(HttpResponse response, JsonObject data, CancellationToken cancellationToken)
    {
        await response.WriteAsync(
            $"event: {data["type"]!.GetValue<string>()}\ndata: {data.ToJsonString(JsonSerializerOptions.Default)}\n\n",
            cancellationToken
        );
        await response.Body.FlushAsync(cancellationToken);
    }
}
