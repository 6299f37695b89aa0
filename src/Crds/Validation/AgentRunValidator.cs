using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>
/// The rules of the AgentRun CRD in code. The operator runs nothing that an API server without CEL, or with an older CRD, accepted by
/// mistake.
/// </summary>
public static class AgentRunValidator
{
    /// <summary>All errors of the spec, in the order of its fields; empty if it is valid.</summary>
    /// <exception cref="ArgumentException">The spec is only a part (<see cref="AgentRunSpec.AbridgedFrom"/>).</exception>
    public static IReadOnlyList<SpecError> Validate(AgentRunSpec? spec)
    {
        var checks = new FieldChecks();
        if (spec is null)
        {
            checks.Require("spec", present: false);
            return checks.Errors;
        }
        if (spec.AbridgedFrom is not null)
        {
            throw new ArgumentException("Only a part of the spec is in memory; read the whole spec first.", nameof(spec));
        }

        Prompt(checks, spec);
        Agent(checks, spec.Agent);
        Model(checks, spec.Model);
        Container(checks, spec);
        Environment(checks, spec.Env);
        NodeResourcesValidator.Check(checks, spec);
        Limits(checks, spec.Resources?.Limits);
        checks.Number("spec.resources.cpuShares", spec.Resources?.CpuShares, RunLimits.MinCpuShares, RunLimits.MaxCpuShares);
        Lifecycle(checks, spec.Lifecycle);
        Placement(checks, spec);
        RunSessionValidator.Check(checks, spec);
        Course(checks, spec);
        return checks.Errors;
    }

    private static void Prompt(FieldChecks checks, AgentRunSpec spec)
    {
        const string field = "spec.prompt";
        var prompt = spec.Prompt;
        if (prompt is null && spec.PromptFrom is null)
        {
            checks.Add(field, Messages.PromptRequired);
        }

        if (prompt is not null && spec.PromptFrom is not null)
        {
            checks.Add("spec.promptFrom", Messages.OnePrompt);
        }

        Source(checks, "spec.promptFrom", spec.PromptFrom);
        if (prompt?.Length == 0)
        {
            checks.Add(field, Messages.PromptHasText);
        }

        checks.Bytes(field, prompt, RunLimits.TextBytes);
        if (prompt?.Length > 0 && spec.Agent?.Claude?.InputFormat == ClaudeChoices.StreamJson && !JsonObjects.IsUserMessages(prompt))
        {
            checks.Add(field, Messages.StreamPrompt);
        }
    }

    private static void Agent(FieldChecks checks, AgentSpec? agent)
    {
        if (agent?.Claude is not null && agent.Command is not null)
        {
            checks.Add("spec.agent", Messages.OneAgent);
        }

        ClaudeValidator.Check(checks, agent?.Claude);
        if (agent?.Command is not { } command)
        {
            return;
        }

        const string field = "spec.agent.command";
        checks.Items(field, command.Count, 1, RunLimits.Arguments);
        if (command is ["", ..])
        {
            checks.Add(field, Messages.CommandNamesProgram);
        }

        checks.Texts(field, command, 0, RunLimits.ArgumentLength, PatternRegexes.NoNul, Messages.NoNul);
    }

    private static void Model(FieldChecks checks, ModelSpec? model)
    {
        if (model is null)
        {
            return;
        }

        const string baseUrl = "spec.model.baseURL";
        checks.Text(baseUrl, model.BaseURL, 1, RunLimits.Url, PatternRegexes.HttpsUrl, Messages.HttpsUrl);
        if (model.BaseURL is not null && model.CredentialsSecretRef is null)
        {
            checks.Add(baseUrl, Messages.BaseUrlNeedsCredentials);
        }

        if (model.CredentialsSecretRef is not { } secret)
        {
            return;
        }

        const string name = "spec.model.credentialsSecretRef.name";
        checks.Require(name, secret.Name is not null);
        checks.Text(name, secret.Name, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Messages.DnsSubdomain);
    }

    private static void Container(FieldChecks checks, AgentRunSpec spec)
    {
        checks.Text("spec.image", spec.Image, 1, RunLimits.Image, PatternRegexes.Image, Messages.Image);
        checks.OneOf("spec.imagePullPolicy", spec.ImagePullPolicy, "Always", "IfNotPresent", "Never");
        PullSecrets(checks, spec.ImagePullSecrets);
        Path(checks, "spec.workspace.mountPath", spec.Workspace?.MountPath);
        checks.NotMatching("spec.workspace.mountPath", spec.Workspace?.MountPath, PatternRegexes.OwnMount, Messages.OwnMount);
        if (
            spec.Workspace is { } workspace
            && new object?[] { workspace.EmptyDir, workspace.Git, workspace.HostPath }.Count(kind => kind is not null) > 1
        )
        {
            checks.Add("spec.workspace", Messages.OneWorkspace);
        }

        GitWorkspaceValidator.Check(checks, spec.Workspace?.Git);
        checks.Quantity(
            "spec.workspace.emptyDir.sizeLimit",
            spec.Workspace?.EmptyDir?.SizeLimit,
            RunLimits.MinStorage,
            RunLimits.MaxStorage
        );
        Path(checks, "spec.workdir", spec.Workdir);
    }

    private static void PullSecrets(FieldChecks checks, List<SecretReference>? secrets)
    {
        const string field = "spec.imagePullSecrets";
        checks.Items(field, secrets?.Count, 0, RunLimits.PullSecrets);
        HashSet<string> names = [];
        for (var i = 0; i < secrets?.Count; i++)
        {
            checks.Require($"{field}[{i}].name", secrets[i].Name is not null);
            checks.Text($"{field}[{i}].name", secrets[i].Name, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Messages.DnsSubdomain);
            if (secrets[i].Name is { } given && !names.Add(given))
            {
                checks.Add($"{field}[{i}]", Messages.Duplicate);
            }
        }
    }

    private static void Path(FieldChecks checks, string field, string? path)
    {
        checks.Text(field, path, 1, RunLimits.Path, PatternRegexes.Path, Messages.Path);
        checks.NotMatching(field, path, PatternRegexes.ReservedPath, Messages.ReservedPath);
    }

    private static void Environment(FieldChecks checks, List<EnvVar>? env)
    {
        const string field = "spec.env";
        checks.Items(field, env?.Count, 0, RunLimits.Variables);
        HashSet<string> names = [];
        for (var i = 0; i < env?.Count; i++)
        {
            var (name, value) = ($"{field}[{i}].name", $"{field}[{i}].value");
            checks.Require(name, env[i].Name is not null);
            checks.Text(name, env[i].Name, 1, RunLimits.VariableName, PatternRegexes.EnvName, Messages.EnvName);
            checks.NotMatching(name, env[i].Name, PatternRegexes.ProtectedEnv, Messages.ProtectedEnv);
            if (env[i].Name is { } given && !names.Add(given))
            {
                checks.Add($"{field}[{i}]", Messages.Duplicate);
            }

            checks.Text(value, env[i].Value, 0, RunLimits.VariableValue, PatternRegexes.NoNul, Messages.NoNul);
            if (env[i] is { Value: not null, ValueFrom: not null })
            {
                checks.Add($"{field}[{i}]", Messages.OneValue);
            }

            Source(checks, $"{field}[{i}].valueFrom", env[i].ValueFrom);
        }
    }

    private static void Source(FieldChecks checks, string field, ValueSource? source)
    {
        if (source is null)
        {
            return;
        }

        if (source is { SecretKeyRef: null, ConfigMapKeyRef: null } or { SecretKeyRef: not null, ConfigMapKeyRef: not null })
        {
            checks.Add(field, Messages.OneSource);
        }

        Key(checks, $"{field}.secretKeyRef", source.SecretKeyRef);
        Key(checks, $"{field}.configMapKeyRef", source.ConfigMapKeyRef);
    }

    internal static void Key(FieldChecks checks, string field, KeyReference? reference)
    {
        if (reference is null)
        {
            return;
        }

        checks.Require($"{field}.name", reference.Name is not null);
        checks.Text($"{field}.name", reference.Name, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Messages.DnsSubdomain);
        checks.Require($"{field}.key", reference.Key is not null);
        checks.Text($"{field}.key", reference.Key, 1, RunLimits.Name, PatternRegexes.DataKey, Messages.DataKey);
    }

    private static void Limits(FieldChecks checks, ResourceLimits? limits)
    {
        const string field = "spec.resources.limits";
        checks.Quantity($"{field}.memory", limits?.Memory, RunLimits.MinMemory, RunLimits.MaxMemory);
        checks.Quantity($"{field}.cpu", limits?.Cpu, RunLimits.MinCpu, RunLimits.MaxCpu);
        checks.Number($"{field}.pids", limits?.Pids, RunLimits.MinPids, RunLimits.MaxPids);
        checks.Quantity($"{field}.ephemeralStorage", limits?.EphemeralStorage, RunLimits.MinStorage, RunLimits.MaxStorage);
    }

    private static void Lifecycle(FieldChecks checks, LifecycleSpec? lifecycle)
    {
        Hooks(checks, "spec.lifecycle.onCreate", lifecycle?.OnCreate);
        Hooks(checks, "spec.lifecycle.postCreate", lifecycle?.PostCreate);
        Hooks(checks, "spec.lifecycle.postStart", lifecycle?.PostStart);
        checks.Duration("spec.lifecycle.timeout", lifecycle?.Timeout, RunLimits.MinTimeout, RunLimits.MaxTimeout);
        if (lifecycle is { Timeout: not null, OnCreate: null, PostCreate: null, PostStart: null })
        {
            checks.Add("spec.lifecycle.timeout", Messages.TimeoutNeedsHooks);
        }
    }

    private static void Hooks(FieldChecks checks, string field, List<string>? commands)
    {
        checks.Items(field, commands?.Count, 1, RunLimits.Hooks);
        checks.Texts(field, commands, 1, RunLimits.HookLength, PatternRegexes.NoNul, Messages.NoNul);
    }

    private static void Placement(FieldChecks checks, AgentRunSpec spec)
    {
        checks.Labels("spec.nodeSelector", spec.NodeSelector, RunLimits.Selectors, RunLimits.LabelValue);
        checks.Text("spec.nodeName", spec.NodeName, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Messages.DnsSubdomain);
        checks.Number("spec.priority", spec.Priority, RunLimits.MinPriority, RunLimits.MaxPriority);
    }

    private static void Retries(FieldChecks checks, RetrySpec? retries)
    {
        const string field = "spec.retries";
        checks.Number($"{field}.limit", retries?.Limit, 0, RunLimits.Retries);
        checks.Items($"{field}.reasons", retries?.Reasons?.Count, 0, RunLimits.RetryReasons);
        checks.Texts($"{field}.reasons", retries?.Reasons, 1, RunLimits.RetryReason, PatternRegexes.RetryReason, Messages.RetryReason);
        checks.Duration($"{field}.backoff", retries?.Backoff, RunLimits.MinBackoff, RunLimits.MaxBackoff);
        checks.Number($"{field}.nodeLost", retries?.NodeLost, 0, RunLimits.NodeLostRetries);
    }

    private static void Course(FieldChecks checks, AgentRunSpec spec)
    {
        checks.Duration("spec.timeout", spec.Timeout, RunLimits.MinTimeout, RunLimits.MaxTimeout);
        Retries(checks, spec.Retries);
        checks.Number("spec.budget.maxTokens", spec.Budget?.MaxTokens, 0, RunLimits.BudgetTokens);
        checks.Text("spec.budget.maxCostUSD", spec.Budget?.MaxCostUSD, 1, RunLimits.Money, PatternRegexes.Money, Messages.Money);
        checks.Duration("spec.ttlAfterFinished", spec.TtlAfterFinished, RunLimits.MinTtl, RunLimits.MaxTtl);
        checks.Duration("spec.deleteAfterFinished", spec.DeleteAfterFinished, RunLimits.MinTtl, RunLimits.MaxTtl);
        WebhookValidator.Check(checks, spec.Webhooks);
        Output(checks, spec);
    }

    private static void Output(FieldChecks checks, AgentRunSpec spec)
    {
        const string schema = "spec.output.jsonSchema";
        checks.Quantity("spec.output.statusBytes", spec.Output?.StatusBytes, RunLimits.MinStatusBytes, RunLimits.MaxStatusBytes);
        checks.Quantity("spec.output.logBytes", spec.Output?.LogBytes, RunLimits.MinLogBytes, RunLimits.MaxLogBytes);
        if (spec.Output?.JsonSchema is not { } text)
        {
            return;
        }

        checks.Bytes(schema, text, RunLimits.TextBytes);
        if (!JsonObjects.IsObject(text))
        {
            checks.Add(schema, Messages.JsonObject);
        }

        if (spec.Agent is { Command: not null } or { Claude.JsonSchema: not null })
        {
            checks.Add(schema, Messages.OneSchema);
        }
    }
}
