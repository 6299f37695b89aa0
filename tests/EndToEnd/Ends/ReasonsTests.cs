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

/// <summary>Every reason has a case that makes it happen.</summary>
public sealed class ReasonsTests
{
    /// <summary>The cases for the reasons that are not in the table of <see cref="EndsTests"/>.</summary>
    private static readonly Dictionary<RunReason, string> Elsewhere = new()
    {
        [RunReason.OutOfMemory] = nameof(MemoryTests.OutOfMemory_KernelKills_IsNamed),
        [RunReason.NodeLost] = nameof(NodeLossTests.Node_LostPermanently_EveryRunEndsOrWaitsAsItsSpecSays),
        [RunReason.NodeUnfit] = nameof(UnfitEngineTests.Engine_ThatStartsNoContainer_KeepsItsRunWaitingAndSaysSo),
        [RunReason.SecretNotFound] = nameof(OwnCredentialTests.Secret_ComesLater_IsWaitedFor),
        [RunReason.SecretNotAllowed] = nameof(OwnCredentialTests.Secret_NotAnnotated_IsUsedOnceItIs),
        [RunReason.ConfigMapNotFound] = nameof(InputTests),
        [RunReason.NoNodeMatches] = nameof(PlacementTests),
        [RunReason.WaitingForNode] = nameof(NoNodeTests.NoNodeConnected_WaitsAndRunsWhenOneAppears),
        [RunReason.LimitsNotEnforceable] = nameof(NoNodeTests.NoNodeEnforcesLimits_WaitsForANodeThatMayIgnoreThem),
        [RunReason.Queued] = nameof(CapacityTests.NodeIsFull_NextRunIsQueuedAndRunsWhenThereIsRoom),
        [RunReason.Suspended] = nameof(LifecycleTests.Suspend_WhileRunning_EndsTheAttemptAndAResumeStartsOver),
        [RunReason.Backoff] = nameof(LifecycleTests.Retries_CommandThatCrashes_IsTriedAgainAfterItsBackoffUntilTheLimit),
        [RunReason.HookFailed] = nameof(HookTests.Hook_ThatFails_EndsTheRunAndNamesItself),
        [RunReason.PolicyDenied] = nameof(NodeConfigurationTests),
        [RunReason.StorageLimitExceeded] = nameof(DiskTests.Workspace_Filled_EndsTheRunAndNoOther),
        [RunReason.GitCloneFailed] = nameof(CloneFailureTests.Repository_Unusable_IsNamedWithItsCause),
        [RunReason.GitPushFailed] = nameof(PushOnSuccessTests.Change_OfAProtectedPath_IsRefusedAndNamed),
        [RunReason.VolumeDenied] = nameof(VolumeTests.Volume_ThatIsDenied_SaysWhatAndWhatToDo),
        [RunReason.SessionNotFound] = nameof(SessionQueueTests.Session_ComesLater_IsWaitedFor),
        [RunReason.WaitingForSession] = nameof(SessionQueueTests.Runs_AtOnce_GoOneAfterAnotherInOrder),
        [RunReason.SessionLost] = nameof(ConversationTests.Resume_ConversationNotInHome_IsSessionLostBeforeAnythingIsSpent),
    };

    /// <summary>Reasons that the API already has and that nothing can cause yet.</summary>
    private static readonly RunReason[] Later = [RunReason.ServiceNotReady];

    [Fact]
    public void Reasons_All_HaveACase() =>
        Assert.Equal(Enum.GetValues<RunReason>().Order(), EndsTests.Shown.Concat(Elsewhere.Keys).Concat(Later).Distinct().Order());
}
