using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Makes what is sent to a node out of what is wanted; pure.</summary>
internal static class AttemptMessages
{
    /// <summary>
    /// The message. Of a run of which only a part is here it is a <see cref="DesiredState.Hold"/> without a specification: its node goes on
    /// with what it knows.
    /// </summary>
    /// <param name="run">The run, its status naming the attempt already, also when that is not stored yet.</param>
    /// <param name="wanted">What is wanted.</param>
    /// <param name="secrets">Set exactly for <see cref="DesiredState.Go"/>.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">The operator's configuration.</param>
    /// <param name="observed">What its node last said of it; null if that is not known.</param>
    /// <param name="session">Its session; null if it has none.</param>
    public static DesiredAttempt Build(
        AgentRun run,
        WantedAttempt wanted,
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
            Attempt = wanted.Attempt,
            State = wanted.State,
            Cause = wanted.Cause,
        };
        if (wanted.State is not (DesiredState.Hold or DesiredState.Go))
        {
            return message;
        }

        var started = Conditions.IsTrue(run.Status?.Conditions, RunConditions.Started) || HasBegun(wanted, observed);
        if (run.IsAbridged())
        {
            return wanted.State == DesiredState.Hold
                ? message with
                {
                    Started = started,
                    RemainingMs = RemainingMs(run.Status?.Deadline, now, options.TimeoutOf(run)),
                }
                : throw new ArgumentException("An attempt is let go with its whole spec only.", nameof(run));
        }
        // Accepted by an operator whose rules were wider: what runs can only be stopped, since what it should be cannot be said any more.
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
            Spec = session is null ? Spec(run, resolved) : InSession(Spec(run, resolved), run, wanted.Attempt, session),
            Secrets = wanted.State == DesiredState.Go ? secrets : null,
            Started = started,
            RemainingMs = RemainingMs(run.Status?.Deadline, now, resolved.Timeout),
        };
    }

    // The deadline on record was rounded up to a second. One that is later than that is nobody's: an attempt never has more than its time.
    private static long RemainingMs(DateTimeOffset? deadline, DateTimeOffset now, TimeSpan timeout) =>
        (long)Math.Min(((deadline ?? now + timeout) - now).TotalMilliseconds, (timeout + TimeSpan.FromSeconds(1)).TotalMilliseconds);

    // The record has the agent's start and not that of its hooks, which would be one write more; while this operator lives it knows of
    // both.
    private static bool HasBegun(WantedAttempt wanted, ObservedAttempt? observed) =>
        observed is { Stage: AttemptStage.Hooks or AttemptStage.Running }
        && observed.Attempt == wanted.Attempt
        && observed.Node == wanted.Node;

    private static AttemptSpec InSession(AttemptSpec spec, AgentRun run, int attempt, AgentSession session)
    {
        var (claude, id) = SessionConversation.Of(spec.Claude, run.Spec!, run.UID(), attempt, session);
        return spec with
        {
            Claude = claude,
            SessionID = id,
            Session = new AttemptSession
            {
                UID = session.Metadata.Uid ?? "",
                Name = session.Metadata.Name ?? "",
                Begun = SessionSpecs.HasBegun(session),
                StorageBytes = session.Spec?.StorageLimit?.WholeUnits ?? SessionLimits.DefaultStorageBytes,
            },
        };
    }

    private static AttemptSpec Spec(AgentRun run, ResolvedRun resolved) =>
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
            // A run without a session has one conversation, and a UUID of its own already; so has the copy of one that is resumed.
            SessionID = resolved.Claude is { Resume: true, ForkSession: true } ? run.UID() : resolved.Claude?.SessionID ?? run.UID(),
        };
}
