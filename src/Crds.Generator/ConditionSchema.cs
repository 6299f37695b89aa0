using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Generator;

/// <summary>The schema of metav1.Condition with its documented bounds.</summary>
internal static class ConditionSchema
{
    internal static JsonObject Build() =>
        new()
        {
            ["description"] = "One aspect of the current state, as in metav1.Condition.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["type"] = Text("type is the type of the condition.", 1, 316),
                ["status"] = new JsonObject
                {
                    ["description"] = "status is the status of the condition: True, False or Unknown.",
                    ["type"] = "string",
                    ["enum"] = new JsonArray("True", "False", "Unknown"),
                },
                ["observedGeneration"] = new JsonObject
                {
                    ["description"] = "observedGeneration is the metadata.generation that the condition was set for.",
                    ["type"] = "integer",
                    ["format"] = "int64",
                    ["minimum"] = 0,
                    ["maximum"] = StatusLimits.Count,
                },
                ["lastTransitionTime"] = new JsonObject
                {
                    ["description"] = "lastTransitionTime is when the status last changed.",
                    ["type"] = "string",
                    ["format"] = "date-time",
                },
                ["reason"] = Text("reason explains the last transition in one word, for programs.", 1, StatusLimits.Reason),
                ["message"] = Text("message explains the last transition in one sentence, for people.", 0, StatusLimits.Message),
            },
            ["required"] = new JsonArray("type", "status", "lastTransitionTime", "reason", "message"),
        };

    private static JsonObject Text(string description, int min, int max)
    {
        var schema = new JsonObject { ["description"] = description, ["type"] = "string" };
        if (min > 0)
        {
            schema["minLength"] = min;
        }

        schema["maxLength"] = max;
        return schema;
    }
}
