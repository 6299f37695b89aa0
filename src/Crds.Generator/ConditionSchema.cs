using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Generator;

/// <summary>The schema of metav1.Condition, with its documented bounds.</summary>
internal static class ConditionSchema
{
    internal static JsonObject Build() =>
        new()
        {
            ["description"] = "One aspect of the state, after metav1.Condition.",
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["type"] = Text("What it is about.", 1, 316),
                ["status"] = new JsonObject
                {
                    ["description"] = "Whether it holds: True, False or Unknown.",
                    ["type"] = "string",
                    ["enum"] = new JsonArray("True", "False", "Unknown"),
                },
                ["observedGeneration"] = new JsonObject
                {
                    ["description"] = "The metadata.generation that it speaks of.",
                    ["type"] = "integer",
                    ["format"] = "int64",
                    ["minimum"] = 0,
                    ["maximum"] = StatusLimits.Count,
                },
                ["lastTransitionTime"] = new JsonObject
                {
                    ["description"] = "When its status last changed.",
                    ["type"] = "string",
                    ["format"] = "date-time",
                },
                ["reason"] = Text("Why, in one word for programs.", 1, StatusLimits.Reason),
                ["message"] = Text("Why, in a sentence for people.", 0, StatusLimits.Message),
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
