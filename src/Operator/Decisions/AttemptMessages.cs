using System.Globalization;
using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>Builds the message about an attempt from its desired state; pure.</summary>
internal static class AttemptMessages
{
    /// <summary>
    /// Builds the message. For an abridged run it is a <see cref="DesiredState.Hold"/> without a specification, and the node continues with
    /// what it has.
    /// </summary>
    /// <param name="run">The run. Its status names the attempt, even if the status is not stored yet.</param>
    /// <param name="desired">The desired state of the attempt.</param>
    /// <param name="secrets">The secrets; set exactly for <see cref="DesiredState.Go"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">The operator's options.</param>
    /// <param name="observed">The last report of the node; null if there is none.</param>
    /// <param name="session">The session of the run; null if it has none.</param>
    public static DesiredAttempt Build(
        AgentRun run,
        DesiredAttemptState desired,
        AttemptSecrets? secrets,
        DateTimeOffset now,
        RunOptions options,
        ObservedAttempt? observed = null,
        AgentSession? session = null
    )
    {
        var message = new DesiredAttempt
        {
            UID = run.UID(),
            Attempt = desired.Attempt,
            State = desired.State,
            Cause = desired.Cause,
        };
        if (desired.State is not (DesiredState.Hold or DesiredState.Go))
        {
            return message;
        }

        var started = Conditions.IsTrue(run.Status?.Conditions, RunConditions.Started) || HasBegun(desired, observed);
        if (run.IsAbridged())
        {
            return desired.State == DesiredState.Hold
                ? message with
                {
                    Started = started,
                    RemainingMs = RemainingMs(run.Status?.Deadline, now, options.TimeoutOf(run)),
                }
                : throw new ArgumentException("An attempt may be let go only with its whole spec.", nameof(run));
        }
        // An operator with wider rules accepted this spec. By the present rules it cannot be sent, so the attempt can only be stopped.
        if (AgentRunValidator.Validate(run.Spec) is not [])
        {
            return message with { State = DesiredState.Stop, Cause = StopCause.Cancelled };
        }

        if (run.LacksSession() || (run.Spec?.SessionRef is not null && session is null))
        {
            return message with { State = DesiredState.Stop, Cause = StopCause.SessionDeleted };
        }

        var resolved = options.Defaults.Resolve(run.Spec!);
        return message with
        {
            Spec = session is null
                ? Spec(run, resolved, desired.Attempt)
                : InSession(Spec(run, resolved, desired.Attempt), run, desired.Attempt, session),
            Secrets = desired.State == DesiredState.Go ? secrets : null,
            Started = started,
            RemainingMs = RemainingMs(run.Status?.Deadline, now, resolved.Timeout),
        };
    }

    // The stored deadline was rounded up to a second. An attempt never gets more than its timeout, even if the record says so.
    private static long RemainingMs(DateTimeOffset? deadline, DateTimeOffset now, TimeSpan timeout) =>
        (long)Math.Min(((deadline ?? now + timeout) - now).TotalMilliseconds, (timeout + TimeSpan.FromSeconds(1)).TotalMilliseconds);

    // The record has the start of the agent but not of its hooks, which would cost another write. In memory this operator knows of both.
    private static bool HasBegun(DesiredAttemptState desired, ObservedAttempt? observed) =>
        observed is { Stage: AttemptStage.Hooks or AttemptStage.Running }
        && observed.Attempt == desired.Attempt
        && observed.Node == desired.Node;

    private static AttemptSpec InSession(AttemptSpec spec, AgentRun run, int attempt, AgentSession session)
    {
        var (claude, id) = SessionConversation.Of(spec.Claude, run.Spec!, run.UID(), attempt, session);
        return spec with
        {
            Claude = claude,
            SessionID = id,
            // The clone is on the node already.
            Git = SessionSpecs.HasBegun(session) ? null : spec.Git,
            Session = new AttemptSession
            {
                UID = session.Metadata.Uid ?? "",
                Name = session.Metadata.Name ?? "",
                Begun = SessionSpecs.HasBegun(session),
                StorageBytes = session.Spec?.StorageLimit?.WholeUnits ?? SessionLimits.DefaultStorageBytes,
            },
        };
    }

    private static string Fill(string text, AgentRun run, int attempt) =>
        text.Replace("{name}", run.Metadata.Name, StringComparison.Ordinal)
            .Replace("{uid}", run.UID(), StringComparison.Ordinal)
            .Replace("{attempt}", attempt.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static AttemptSpec Spec(AgentRun run, ResolvedRun resolved, int attempt) =>
        new()
        {
            Namespace = run.Metadata.Namespace ?? "",
            Name = run.Metadata.Name ?? "",
            Image = resolved.Image,
            ImagePullPolicy = resolved.ImagePullPolicy,
            PullsWithSecrets = resolved.ImagePullSecrets.Count > 0,
            Claude = resolved.Claude,
            Command = resolved.Command,
            MountPath = resolved.WorkspaceMountPath,
            Git = resolved.Git is { } git
                ? new GitSource
                {
                    Url = git.Url!,
                    Ref = git.Ref,
                    Depth = git.Depth ?? 0,
                }
                : null,
            Push = PushAccesses.Of(resolved.Git, run.Status?.Git, text => Fill(text, run, attempt)),
            Workdir = resolved.Workdir,
            Env = [.. resolved.Env.Select(v => new EnvVar { Name = v.Key, Value = v.Value })],
            Hooks = resolved.Hooks,
            HooksTimeoutMs = (long)resolved.HooksTimeout.TotalMilliseconds,
            SecretsEnv = resolved.SecretsEnv,
            WorkspaceHostPath = resolved.WorkspaceHostPath,
            Volumes = resolved.Volumes,
            MemoryBytes = resolved.MemoryBytes,
            CpuMillis = resolved.CpuMillicores,
            CpuShares = resolved.CpuShares,
            Pids = resolved.Pids,
            WorkspaceBytes = resolved.WorkspaceBytes,
            StorageBytes = resolved.EphemeralStorageBytes,
            TimeoutMs = (long)resolved.Timeout.TotalMilliseconds,
            Budget = RunBudgets.Left(run),
            StatusBytes = resolved.StatusBytes,
            LogBytes = resolved.LogBytes,
            // A run without a session has one conversation, whose id is the UID of the run. So does a run that continues a copy of
            // another conversation.
            SessionID = resolved.Claude is { Resume: true, ForkSession: true } ? run.UID() : resolved.Claude?.SessionID ?? run.UID(),
        };
}
