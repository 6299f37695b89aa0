using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Runs;

/// <summary>
/// What tools that read kstatus go by: <c>Reconciling</c> from the first write to the end, then <c>Ready</c> after success or
/// <c>Stalled</c> after anything else. A cancelled run is stalled too: without that such a tool would wait for it for ever.
/// </summary>
internal static class KstatusConditions
{
    public static ConditionList UnderWay(this ConditionList conditions, string reason, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.Unknown, "NotFinished", "The run is not over.")
            .Set(RunConditions.Ready, ConditionStatus.False, reason, message)
            .Set(RunConditions.Reconciling, ConditionStatus.True, reason, message)
            .Remove(RunConditions.Stalled);

    public static ConditionList Good(this ConditionList conditions, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.True, nameof(RunReason.Completed), message)
            .Set(RunConditions.Ready, ConditionStatus.True, nameof(RunReason.Completed), message)
            .Remove(RunConditions.Reconciling)
            .Remove(RunConditions.Stalled);

    public static ConditionList Bad(this ConditionList conditions, string reason, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.False, reason, message)
            .Set(RunConditions.Ready, ConditionStatus.False, reason, message)
            .Set(RunConditions.Stalled, ConditionStatus.True, reason, message)
            .Remove(RunConditions.Reconciling);
}
