using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Validation;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Statuses;

namespace Stromboli.Operator.Stores;

/// <summary>
/// Decides what is kept in memory of unfinished runs and sessions; pure. A spec may have more than a megabyte, and a namespace any number
/// of them. Of a large spec only what decisions need is kept, and the rest is read when the run is dispatched. Most specs are small and are
/// kept whole, so that they are not read twice.
/// </summary>
internal static class AbridgedSpecs
{
    /// <summary>The size up to which a spec is kept whole, in bytes of JSON.</summary>
    public const int WholeBytes = 4096;

    /// <summary>Whether only a part of the spec is in memory, of the run itself or of its session.</summary>
    public static bool IsAbridged(this AgentRun run) => run.Spec?.AbridgedFrom is not null;

    /// <summary>
    /// Returns the metadata without what other programs store there. Labels, annotations (such as kubectl's copy of the object), owners and
    /// managed fields have no bound. Only the annotation <see cref="RunAnnotations.RedeliverWebhooks"/> is kept.
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
            Annotations = Annotations(metadata.Annotations),
        };

    // The one annotation that the operator reads. It has no bound either, so a long value is cut.
    private static Dictionary<string, string>? Annotations(Dictionary<string, string>? annotations) =>
        annotations?.GetValueOrDefault(RunAnnotations.RedeliverWebhooks) is { } value
            ? new(StringComparer.Ordinal)
            {
                [RunAnnotations.RedeliverWebhooks] = value.Length > StatusLimits.Word ? value[..StatusLimits.Word] : value,
            }
            : null;

    /// <summary>The part of a run's spec that is needed while an attempt is live or the run waits to be read.</summary>
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
            Webhooks = spec.Webhooks,
            Output = spec.Output is { } output ? output with { JsonSchema = null } : null,
        };
    }

    /// <summary>The part of a session's spec that its status and live runs need.</summary>
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
                    Message = StatusBounds.Message(problem.Message),
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

    // The kind of agent, and whether its conversation is kept.
    private static AgentSpec? Of(AgentSpec? agent) =>
        agent is null
            ? null
            : new()
            {
                Command = agent.Command is null ? null : [],
                Claude = agent.Claude is null ? null : new() { NoPersistence = agent.Claude.NoPersistence },
            };

    // The number of commands. A node's reports name commands by their position.
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

    // Counts the bytes without keeping them.
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
