using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Inputs;

/// <summary>Checks the prompt and the variables that a run takes from Secrets and ConfigMaps; pure. No message contains a value.</summary>
internal static class InputRules
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Returns the values, or what the run waits for: the first missing input, in the order of the fields.</summary>
    /// <param name="spec">The spec of the run.</param>
    /// <param name="inputs">The inputs that the spec names.</param>
    /// <param name="found">The answer of the API server for each input.</param>
    public static InputCheck Check(AgentRunSpec? spec, IReadOnlyList<RunInput> inputs, IReadOnlyList<InputObject> found)
    {
        string? prompt = null;
        List<SecretVariable> env = [];
        var bytes = 0;
        foreach (var (input, answer) in inputs.Zip(found))
        {
            if (Missing(input, answer) is { } missing)
            {
                return missing;
            }

            if (Text(input, answer, out var text) is { } problem)
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
                return Waits(input, $"all variables of valueFrom together exceed {RunLimits.SourcedVariablesBytes} bytes");
            }
        }
        if (prompt is not null && spec?.Agent?.Claude?.InputFormat == ClaudeChoices.StreamJson && !JsonObjects.IsUserMessages(prompt))
        {
            return Waits(inputs[0], "with inputFormat: stream-json each line must be a user message as a JSON object");
        }

        return new() { Prompt = prompt, Env = env };
    }

    private static InputCheck? Missing(RunInput input, InputObject answer)
    {
        if (answer.IsForbidden)
        {
            return new()
            {
                Input = input,
                Reason = input.IsSecret ? RunReason.SecretNotAllowed : RunReason.ConfigMapNotFound,
                Message =
                    $"Waiting for {input.ObjectName}: the operator may not read it; grant it get on {(input.IsSecret ? "secrets" : "configmaps")}.",
            };
        }
        if (!answer.IsThere)
        {
            return new()
            {
                Input = input,
                Reason = input.NotFound,
                Message = $"Waiting for {input.ObjectName} ({input.Reference}): not found.",
            };
        }

        return answer.Secret is { } secret && ModelSecretRules.NotAllowed(secret, input.Name, input.Use) is { } sentence
            ? new()
            {
                Input = input,
                Reason = RunReason.SecretNotAllowed,
                Message = sentence,
            }
            : null;
    }

    // An object that cannot be used may still be corrected, so the run waits as for a missing one.
    private static InputCheck Waits(RunInput input, string problem) =>
        new()
        {
            Input = input,
            Reason = input.NotFound,
            Message = $"Waiting for {input.ObjectName} ({input.Reference}): key {input.Key} cannot be used: {problem}.",
        };

    private static string? Text(RunInput input, InputObject answer, out string text)
    {
        text = "";
        if (Bytes(input, answer) is not { } bytes)
        {
            return "it does not exist";
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
                > RunLimits.SourcedPromptBytes => $"a prompt may have at most {RunLimits.SourcedPromptBytes} bytes",
                _ => null,
            };
        }

        if (text.Contains('\0', StringComparison.Ordinal))
        {
            return "a variable must not contain NUL";
        }

        var length = Encoding.UTF8.GetByteCount(input.Variable) + 1 + bytes.Length;
        return length > RunLimits.SourcedVariableBytes
            ? $"a variable may have at most {RunLimits.SourcedVariableBytes} bytes, including its name"
            : null;
    }

    private static byte[]? Bytes(RunInput input, InputObject answer) =>
        answer.Secret?.Data?.GetValueOrDefault(input.Key)
        ?? answer.ConfigMap?.BinaryData?.GetValueOrDefault(input.Key)
        ?? (answer.ConfigMap?.Data?.GetValueOrDefault(input.Key) is { } text ? Encoding.UTF8.GetBytes(text) : null);
}
