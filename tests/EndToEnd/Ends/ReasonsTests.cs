using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Git;
using Stromboli.EndToEnd.HostPaths;
using Stromboli.EndToEnd.Lifecycle;
using Stromboli.EndToEnd.Options;
using Stromboli.EndToEnd.Resilience;
using Stromboli.EndToEnd.Sandbox;
using Stromboli.EndToEnd.Scheduling;
using Stromboli.EndToEnd.Sessions;
using Stromboli.EndToEnd.Storage;

namespace Stromboli.EndToEnd.Ends;

/// <summary>No reason is without a case that makes it happen.</summary>
public sealed class ReasonsTests
{
    /// <summary>Where the reasons are shown that are not in the table of <see cref="EndsTests"/>.</summary>
    private static readonly Dictionary<RunReason, string> Elsewhere = new()
    {
        [RunReason.OutOfMemory] = nameof(MemoryTests.OutOfMemory_TheKernelKills_IsNamed),
        [RunReason.NodeLost] = nameof(NodeLossTests.Node_LostForGood_EveryRunEndsOrWaitsAsItsSpecSays),
        [RunReason.NodeUnfit] = nameof(UnfitEngineTests.Engine_ThatStartsNoContainer_KeepsItsRunWaitingAndSaysSoUntilItDoes),
        [RunReason.SecretNotFound] = nameof(OwnCredentialTests.Secret_ComesLater_IsWaitedFor),
        [RunReason.SecretNotAllowed] = nameof(OwnCredentialTests.Secret_NotAnnotated_IsNotUsedUntilItIs),
        [RunReason.ConfigMapNotFound] = nameof(InputTests),
        [RunReason.NoNodeMatches] = nameof(PlacementTests),
        [RunReason.WaitingForNode] = nameof(NoNodeTests.NoNodeConnected_WaitsAndRunsWhenOneAppears),
        [RunReason.LimitsNotEnforceable] = nameof(NoNodeTests.NoNodeEnforcesLimits_WaitsAndRunsWhenOneMayLeaveThemOut),
        [RunReason.Queued] = nameof(CapacityTests.NodeIsFull_NextRunIsQueuedAndRunsWhenThereIsRoom),
        [RunReason.Suspended] = nameof(LifecycleTests.Suspend_WhileRunning_EndsTheAttemptAndAResumeStartsFromTheBeginning),
        [RunReason.Backoff] = nameof(LifecycleTests.Retries_CommandThatCrashes_IsTriedAgainAfterItsBackoffUntilTheLimit),
        [RunReason.HookFailed] = nameof(HookTests.Hook_ThatFails_EndsTheRunAndNamesItself),
        [RunReason.PolicyDenied] = nameof(NodeConfigurationTests),
        [RunReason.StorageLimitExceeded] = nameof(DiskTests.Workspace_Filled_EndsTheRunAndNoOther),
        [RunReason.GitCloneFailed] = nameof(CloneFailureTests.Repository_OfNoUse_IsNamedWithItsCause),
        [RunReason.VolumeDenied] = nameof(VolumeTests.Volume_ThatIsDenied_SaysWhatAndWhatToDo),
        [RunReason.SessionNotFound] = nameof(SessionQueueTests.Session_ComesLater_IsWaitedFor),
        [RunReason.WaitingForSession] = nameof(SessionQueueTests.Runs_AtOnce_GoOneAfterAnotherInTheirOrder),
        [RunReason.SessionLost] = nameof(ConversationTests.Resume_ConversationIsNotInHome_IsSessionLostBeforeAnythingIsSpent),
    };

    /// <summary>What the API names already and nothing in it can bring about yet.</summary>
    private static readonly RunReason[] Later = [RunReason.ServiceNotReady];

    [Fact]
    public void Reasons_All_AreShown() =>
        Assert.Equal(Enum.GetValues<RunReason>().Order(), EndsTests.Shown.Concat(Elsewhere.Keys).Concat(Later).Distinct().Order());
}
