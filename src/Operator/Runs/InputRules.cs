using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Whether the prompt and the variables that a run names in Secrets and ConfigMaps can be used, and what they are; pure. No sentence here
/// ever holds a value.
/// </summary>
internal static class InputRules
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The values, or what the run waits for: the first thing that is missing, in the order of its fields.</summary>
    /// <param name="spec">The run's spec.</param>
    /// <param name="inputs">What it names.</param>
    /// <param name="found">What was read for each of them.</param>
    public static SecretCheck Check(AgentRunSpec? spec, IReadOnlyList<RunInput> inputs, IReadOnlyList<InputObject> found)
    {
        string? prompt = null;
        List<SecretVariable> env = [];
        var bytes = 0;
        foreach (var (input, place) in inputs.Zip(found))
        {
            if (Missing(input, place) is { } missing)
            {
                return missing;
            }

            if (Text(input, place, out var text) is { } problem)
            {
                return Waits(input, problem);
            }

            if (input.Variable is { } name)
            {
                env.Add(new SecretVariable { Name = name, Value = text });
                bytes += Encoding.UTF8.GetByteCount(text);
            }
            else
            {
                prompt = text;
            }
            if (bytes > RunLimits.SourcedVariablesBytes)
            {
                return Waits(input, $"with it the variables of valueFrom hold more than {RunLimits.SourcedVariablesBytes} bytes together");
            }
        }
        if (prompt is not null && spec?.Agent?.Claude?.InputFormat == ClaudeChoices.StreamJson && !JsonObjects.IsUserMessages(prompt))
        {
            return Waits(inputs[0], "it is not what inputFormat: stream-json takes: a message of the user as a JSON object on each line");
        }

        return new() { Prompt = prompt, Env = env };
    }

    private static SecretCheck? Missing(RunInput input, InputObject place)
    {
        if (place.IsForbidden)
        {
            return new()
            {
                Input = input,
                Reason = input.IsSecret ? RunReason.SecretNotAllowed : RunReason.ConfigMapNotFound,
                Message =
                    $"The operator has no right to read the {input.Place}; grant it get on {(input.IsSecret ? "secrets" : "configmaps")}.",
            };
        }
        if (!place.IsThere)
        {
            return new()
            {
                Input = input,
                Reason = input.NotFound,
                Message = $"The {input.Place}, named by {input.Reference}, is not there; create it in the run's namespace.",
            };
        }

        return place.Secret is { } secret && SecretRules.NotAllowed(secret, input.Name, input.Use) is { } sentence
            ? new()
            {
                Input = input,
                Reason = RunReason.SecretNotAllowed,
                Message = sentence,
            }
            : null;
    }

    // What is there and cannot be used may still be put right, as what is not there.
    private static SecretCheck Waits(RunInput input, string problem) =>
        new()
        {
            Input = input,
            Reason = input.NotFound,
            Message = $"The key {input.Key} of the {input.Place}, named by {input.Reference}, cannot be used: {problem}.",
        };

    private static string? Text(RunInput input, InputObject place, out string text)
    {
        text = "";
        if (Bytes(input, place) is not { } bytes)
        {
            return "there is no such key";
        }

        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return "it is not UTF-8";
        }
        if (input.Variable is null)
        {
            return bytes.Length switch
            {
                0 => "it is empty",
                > RunLimits.SourcedPromptBytes => $"a prompt has at most {RunLimits.SourcedPromptBytes} bytes",
                _ => null,
            };
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "a variable holds no NUL character";
        }

        var length = Encoding.UTF8.GetByteCount(input.Variable) + 1 + bytes.Length;
        return length > RunLimits.SourcedVariableBytes
            ? $"a variable has at most {RunLimits.SourcedVariableBytes} bytes, its name among them"
            : null;
    }

    private static byte[]? Bytes(RunInput input, InputObject place) =>
        place.Secret?.Data?.GetValueOrDefault(input.Key)
        ?? place.ConfigMap?.BinaryData?.GetValueOrDefault(input.Key)
        ?? (place.ConfigMap?.Data?.GetValueOrDefault(input.Key) is { } text ? Encoding.UTF8.GetBytes(text) : null);
}
