using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Runs;

/// <summary>
/// What is kept in memory of runs and sessions that are not over; pure. A spec may have more than a megabyte, and a namespace any number of
/// them: of a large one only what the record's decisions need is kept, and the rest is read live when the run is dispatched. Most specs are
/// small and kept whole, so that they are not read twice.
/// </summary>
internal static class AbridgedSpecs
{
    /// <summary>Up to how many bytes of JSON a spec is kept whole.</summary>
    public const int WholeBytes = 4096;

    /// <summary>Whether only a part of the run's spec is here, of its own or of what comes from its session.</summary>
    public static bool IsAbridged(this AgentRun run) => run.Spec?.AbridgedFrom is not null;

    /// <summary>
    /// Metadata without what other programs keep there: labels, annotations (kubectl's copy of the whole object among them), owners and
    /// managed fields have no bound.
    /// </summary>
    public static ObjectMeta Metadata(ObjectMeta metadata) =>
        new()
        {
            Name = metadata.Name,
            Namespace = metadata.Namespace,
            Uid = metadata.Uid,
            ResourceVersion = metadata.ResourceVersion,
            Generation = metadata.Generation,
            CreationTimestamp = metadata.CreationTimestamp,
            DeletionTimestamp = metadata.DeletionTimestamp,
        };

    /// <summary>What is kept of a run's spec: what is asked of it while an attempt is under way or the run waits to be read.</summary>
    public static AgentRunSpec? Of(AgentRunSpec? spec)
    {
        if (
            spec is null
            || spec.AbridgedFrom is not null
            || SizeOf(spec, CrdsJson.Default.AgentRunSpec) is not (> WholeBytes and var bytes)
        )
        {
            return spec;
        }

        return new()
        {
            AbridgedFrom = bytes,
            Agent = Of(spec.Agent),
            Resources = spec.Resources,
            Lifecycle = Of(spec.Lifecycle),
            SessionRef = spec.SessionRef,
            Conversation = spec.Conversation,
            ConversationID = spec.ConversationID,
            Priority = spec.Priority,
            Timeout = spec.Timeout,
            Retries = spec.Retries,
            Budget = spec.Budget,
            Suspend = spec.Suspend,
            Cancel = spec.Cancel,
            TtlAfterFinished = spec.TtlAfterFinished,
            DeleteAfterFinished = spec.DeleteAfterFinished,
            Output = spec.Output is { } output ? output with { JsonSchema = null } : null,
        };
    }

    /// <summary>What is kept of a session's spec: what its own status needs, and what of it concerns runs under way.</summary>
    public static AgentSessionSpec? Of(AgentSessionSpec? spec)
    {
        if (
            spec is null
            || spec.AbridgedFrom is not null
            || SizeOf(spec, CrdsJson.Default.AgentSessionSpec) is not (> WholeBytes and var bytes)
        )
        {
            return spec;
        }

        return new()
        {
            AbridgedFrom = bytes,
            Problem = AgentSessionValidator.Validate(spec) is [var problem, ..]
                ? problem with
                {
                    Message = StatusCuts.Message(problem.Message),
                }
                : null,
            Mode = spec.Mode,
            Agent = Of(spec.Agent),
            Resources = spec.Resources,
            Lifecycle = Of(spec.Lifecycle),
            StorageLimit = spec.StorageLimit,
            Idle = spec.Idle,
            Suspend = spec.Suspend,
        };
    }

    // Which kind of agent it is, and whether its conversation is kept.
    private static AgentSpec? Of(AgentSpec? agent) =>
        agent is null
            ? null
            : new()
            {
                Command = agent.Command is null ? null : [],
                Claude = agent.Claude is null ? null : new() { NoPersistence = agent.Claude.NoPersistence },
            };

    // How many commands there are: what a node says of them is shown by their place.
    private static LifecycleSpec? Of(LifecycleSpec? lifecycle) =>
        lifecycle is null
            ? null
            : lifecycle with
            {
                OnCreate = Of(lifecycle.OnCreate),
                PostCreate = Of(lifecycle.PostCreate),
                PostStart = Of(lifecycle.PostStart),
            };

    private static List<string>? Of(List<string>? commands) =>
        commands is null ? null : [.. commands.Take(RunLimits.Hooks).Select(_ => "")];

    private static int SizeOf<T>(T value, JsonTypeInfo<T> json)
    {
        var counter = new ByteCounter();
        using var writer = new Utf8JsonWriter(counter);
        JsonSerializer.Serialize(writer, value, json);
        writer.Flush();
        return counter.Count;
    }

    // Counts what is written, and keeps none of it.
    private sealed class ByteCounter : IBufferWriter<byte>
    {
        private byte[] _buffer = new byte[1024];

        public int Count { get; private set; }

        public void Advance(int count) => Count += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_buffer.Length < sizeHint)
            {
                _buffer = new byte[sizeHint];
            }

            return _buffer;
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
