namespace Stromboli.Telemetry.Traces;

/// <summary>The names of the spans' attributes, those of OpenTelemetry's conventions where they have one.</summary>
internal static class RunAttributes
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "k8s.namespace.name";

    /// <summary>The AgentRun's UID.</summary>
    public const string RunUID = "stromboli.run.uid";

    /// <summary>The AgentRun's name.</summary>
    public const string RunName = "stromboli.run.name";

    /// <summary>The number of the attempt.</summary>
    public const string Attempt = "stromboli.attempt";

    /// <summary>The AgentNode's name.</summary>
    public const string Node = "stromboli.node";

    /// <summary>The phase of the run.</summary>
    public const string Phase = "stromboli.run.phase";

    /// <summary>Why it ended or waits.</summary>
    public const string Reason = "stromboli.reason";

    /// <summary>US dollars.</summary>
    public const string CostUSD = "stromboli.cost_usd";

    /// <summary>Input tokens.</summary>
    public const string InputTokens = "gen_ai.usage.input_tokens";

    /// <summary>Output tokens.</summary>
    public const string OutputTokens = "gen_ai.usage.output_tokens";

    /// <summary>The model that answered.</summary>
    public const string Model = "gen_ai.response.model";
}
