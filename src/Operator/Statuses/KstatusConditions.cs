using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Statuses;

/// <summary>
/// Sets the conditions for tools that read kstatus: <c>Reconciling</c> from the first write to the end, then <c>Ready</c> after success or
/// <c>Stalled</c> after anything else. A cancelled run is stalled too, or such a tool would wait for it forever.
/// </summary>
internal static class KstatusConditions
{
    public static ConditionList UnderWay(this ConditionList conditions, string reason, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.Unknown, "NotFinished", "The run has not finished.")
            .Set(RunConditions.Ready, ConditionStatus.False, reason, message)
            .Set(RunConditions.Reconciling, ConditionStatus.True, reason, message)
            .Remove(RunConditions.Stalled);

    public static ConditionList Success(this ConditionList conditions, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.True, nameof(RunReason.Completed), message)
            .Set(RunConditions.Ready, ConditionStatus.True, nameof(RunReason.Completed), message)
            .Remove(RunConditions.Reconciling)
            .Remove(RunConditions.Stalled);

    public static ConditionList Failure(this ConditionList conditions, string reason, string message) =>
        conditions
            .Set(RunConditions.Succeeded, ConditionStatus.False, reason, message)
            .Set(RunConditions.Ready, ConditionStatus.False, reason, message)
            .Set(RunConditions.Stalled, ConditionStatus.True, reason, message)
            .Remove(RunConditions.Reconciling);
}
