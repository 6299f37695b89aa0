using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Inputs;

/// <summary>A prompt or variable of a run from a Secret or ConfigMap.</summary>
/// <param name="Field">The field, such as <c>spec.env[0].valueFrom</c>.</param>
/// <param name="Variable">The name of the variable; null for the prompt.</param>
/// <param name="IsSecret">Whether it comes from a Secret; otherwise it comes from a ConfigMap.</param>
/// <param name="Name">The name of the Secret or ConfigMap.</param>
/// <param name="Key">The key in the object.</param>
internal sealed record RunInput(string Field, string? Variable, bool IsSecret, string Name, string Key)
{
    /// <summary>The use that the annotation of a Secret must list.</summary>
    public string Use => Variable is null ? "prompt" : "env";

    /// <summary>The Secret or ConfigMap, as messages name it.</summary>
    public string ObjectName => IsSecret ? $"Secret \"{Name}\"" : $"ConfigMap \"{Name}\"";

    /// <summary>The field of the reference.</summary>
    public string Reference => $"{Field}.{(IsSecret ? "secretKeyRef" : "configMapKeyRef")}";

    /// <summary>The reason of a run that waits for a missing object.</summary>
    public RunReason NotFound => IsSecret ? RunReason.SecretNotFound : RunReason.ConfigMapNotFound;

    /// <summary>Returns all prompts and variables from Secrets and ConfigMaps, in the order of the fields.</summary>
    public static IReadOnlyList<RunInput> Of(AgentRunSpec? spec)
    {
        List<RunInput?> inputs = [Of("spec.promptFrom", variable: null, spec?.PromptFrom)];
        for (var i = 0; i < spec?.Env?.Count; i++)
        {
            inputs.Add(Of($"spec.env[{i}].valueFrom", spec.Env[i].Name ?? "", spec.Env[i].ValueFrom));
        }

        return [.. inputs.OfType<RunInput>()];
    }

    private static RunInput? Of(string field, string? variable, ValueSource? source) =>
        (source?.SecretKeyRef ?? source?.ConfigMapKeyRef) is { Name: { } name, Key: { } key }
            ? new(field, variable, source!.SecretKeyRef is not null, name, key)
            : null;
}
