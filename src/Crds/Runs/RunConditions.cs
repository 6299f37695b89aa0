namespace Stromboli.Crds.Runs;

/// <summary>
/// The condition types of an AgentRun. The first four describe the progress of a run; the last three follow the kstatus conventions (Flux,
/// Argo CD, <c>kubectl wait</c>).
/// </summary>
public static class RunConditions
{
    /// <summary>
    /// True if the spec is valid and everything that it names exists. Otherwise False, with the reason that the run waits for or that makes
    /// it impossible.
    /// </summary>
    public const string Accepted = "Accepted";

    /// <summary>True if the current attempt is recorded on a node. Otherwise False, with the reason that the run waits for.</summary>
    public const string Scheduled = "Scheduled";

    /// <summary>True if the agent of the current attempt has started. Otherwise False.</summary>
    public const string Started = "Started";

    /// <summary>True if the run succeeded, False with the reason if it did not, and Unknown until it has finished.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>True if the run succeeded, False if it finished otherwise, and Unknown or False before that.</summary>
    public const string Ready = "Ready";

    /// <summary>True from the first status write until the run has finished.</summary>
    public const string Reconciling = "Reconciling";

    /// <summary>True if the run finished without success.</summary>
    public const string Stalled = "Stalled";
}
