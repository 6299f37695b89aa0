namespace Stromboli.Crds.Runs;

/// <summary>The annotations of an AgentRun that the operator reads.</summary>
public static class RunAnnotations
{
    /// <summary>Asks for another delivery of the run's webhooks, each time that its value changes. Any value.</summary>
    public const string RedeliverWebhooks = "stromboli.dev/redeliver-webhooks";
}
