namespace Stromboli.Crds.Runs;

/// <summary>
/// Types of an AgentRun's conditions. The first four tell its way, the last three are for kstatus (Flux, Argo CD, <c>kubectl wait</c>).
/// </summary>
public static class RunConditions
{
    /// <summary>
    /// True: the spec is valid and everything it names is there. False with the reason that it waits for, or why it cannot be.
    /// </summary>
    public const string Accepted = "Accepted";

    /// <summary>True: the current attempt has a node on record. False with the reason that it waits for.</summary>
    public const string Scheduled = "Scheduled";

    /// <summary>True: the agent of the current attempt started. False before that.</summary>
    public const string Started = "Started";

    /// <summary>True at a good end, False at any other with its reason; Unknown until the end.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>True at a good end. Unknown or False before, False at any other end.</summary>
    public const string Ready = "Ready";

    /// <summary>True from the first write until the end.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>True at an end that is not good.</summary>
    public const string Stalled = "Stalled";
}
