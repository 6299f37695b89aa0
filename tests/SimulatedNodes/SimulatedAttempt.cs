using System.Diagnostics;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.SimulatedNodes;

/// <summary>An attempt on a node without a machine.</summary>
internal sealed class SimulatedAttempt(string uid, int attempt, AttemptSpec spec)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private int _ended;

    public string UID => uid;

    public AttemptSpec Spec => spec;

    public AttemptStage Stage { get; set; } = AttemptStage.Preparing;

    /// <summary>Whether this call ended the attempt, which ends only once.</summary>
    public bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return false;
        }

        Stage = AttemptStage.Ended;
        return true;
    }

    /// <summary>The node's report of the attempt now, of about the size that a short agent's report has.</summary>
    public AttemptObservation Observation(RunReason reason)
    {
        var ago = (long)Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        return new()
        {
            UID = uid,
            Attempt = attempt,
            Stage = Stage,
            StartedAgoMs = Stage >= AttemptStage.Running ? ago : null,
            End =
                Stage != AttemptStage.Ended
                    ? null
                    : new AttemptEnd
                    {
                        Reason = reason,
                        Message = reason == RunReason.Completed ? "The agent has done its work." : "Stopped.",
                        EndedAgoMs = 0,
                        ExitCode = reason == RunReason.Completed ? 0 : null,
                        Result = new RunResult
                        {
                            Text = "started\n",
                            Bytes = 8,
                            Sha256 = new string('0', 64),
                        },
                        Usage = new AttemptUsage
                        {
                            InputTokens = 1000,
                            OutputTokens = 500,
                            CostUSD = 0.0105m,
                            Turns = 1,
                            DurationMs = ago,
                        },
                    },
        };
    }
}
