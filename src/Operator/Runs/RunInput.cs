using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>A prompt or variable of a run that is in a Secret or ConfigMap.</summary>
/// <param name="Field">The field that names the place, such as <c>spec.env[0].valueFrom</c>.</param>
/// <param name="Variable">The variable's name; null for the prompt.</param>
/// <param name="IsSecret">Whether it is in a Secret, and not in a ConfigMap.</param>
/// <param name="Name">The name of the Secret or ConfigMap.</param>
/// <param name="Key">The key in it.</param>
internal sealed record RunInput(string Field, string? Variable, bool IsSecret, string Name, string Key)
{
    /// <summary>What a Secret's annotation must list.</summary>
    public string Use => Variable is null ? "prompt" : "env";

    /// <summary>What it is in, as a sentence says it.</summary>
    public string Place => IsSecret ? $"Secret {Name}" : $"ConfigMap {Name}";

    /// <summary>The field of the reference itself.</summary>
    public string Reference => $"{Field}.{(IsSecret ? "secretKeyRef" : "configMapKeyRef")}";

    /// <summary>What the run waits for while it is not there.</summary>
    public RunReason NotFound => IsSecret ? RunReason.SecretNotFound : RunReason.ConfigMapNotFound;

    /// <summary>Everything of a run that is in Secrets and ConfigMaps, in the order of its fields.</summary>
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
