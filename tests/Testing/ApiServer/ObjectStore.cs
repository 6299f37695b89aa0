using System.Globalization;
using System.Text.Json.Nodes;

namespace Stromboli.Testing.ApiServer;

/// <summary>Objects with one revision counter and a history of changes, as etcd and the API server keep them.</summary>
public sealed class ObjectStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SortedDictionary<string, JsonObject>> _resources = [];
    private readonly List<Change> _history = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _compacted;

    /// <summary>One step of the history.</summary>
    public sealed record Change(long Revision, string Resource, JsonObject? Old, JsonObject? New);

    /// <summary>Plurals whose status is written only through <c>/status</c>.</summary>
    public HashSet<string> StatusSubresources { get; } = [];

    /// <summary>The revision of the last change.</summary>
    public long Revision { get; private set; } = 100;

    /// <summary>Completes at the next change, compaction or <see cref="Wake"/>.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            WakeLocked();
        }
    }

    /// <summary>Forgets the history up to now: a watch from an earlier revision gets 410.</summary>
    public void Compact()
    {
        lock (_gate)
        {
            _compacted = Revision;
            _history.Clear();
            WakeLocked();
        }
    }

    public bool IsCompacted(long revision)
    {
        lock (_gate)
        {
            return revision < _compacted;
        }
    }

    public JsonObject? Get(string resource, string scope, string name)
    {
        lock (_gate)
        {
            return Objects(resource).TryGetValue(Key(scope, name), out var found) ? Copy(found) : null;
        }
    }

    public (long Revision, List<JsonObject> Items) List(string resource, Selector selector)
    {
        lock (_gate)
        {
            return (Revision, [.. Objects(resource).Values.Where(selector.Matches).Select(Copy)]);
        }
    }

    public IReadOnlyList<Change> ChangesAfter(string resource, long revision)
    {
        lock (_gate)
        {
            // Copies: two threads must not read one JsonNode.
            return
            [
                .. _history
                    .Where(c => c.Revision > revision && c.Resource == resource)
                    .Select(c => c with { Old = c.Old is null ? null : Copy(c.Old), New = c.New is null ? null : Copy(c.New) }),
            ];
        }
    }

    public JsonObject Create(RequestPath path, JsonObject body)
    {
        lock (_gate)
        {
            var target = Copy(body);
            var meta = Meta(target);
            if (meta["name"] is null && (string?)meta["generateName"] is { } prefix)
            {
                meta["name"] = $"{prefix}{Guid.NewGuid().ToString("N")[..5]}";
            }

            var name = (string?)meta["name"] ?? throw new ApiFailureException(422, "Invalid", "metadata.name: Required value");
            if (Objects(path.Resource).ContainsKey(Key(path.Namespace, name)))
            {
                throw new ApiFailureException(409, "AlreadyExists", $"{path.Plural} \"{name}\" already exists");
            }

            if (path.Namespace.Length > 0)
            {
                meta["namespace"] = path.Namespace;
            }

            meta["uid"] = Guid.NewGuid().ToString();
            meta["creationTimestamp"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            meta["generation"] = 1L;
            if (StatusSubresources.Contains(path.Plural))
            {
                target.Remove("status");
            }

            return Copy(Store(path.Resource, null, target));
        }
    }

    /// <summary>Changes an object; <paramref name="change"/> gets a copy and returns the new state.</summary>
    public JsonObject Update(RequestPath path, Func<JsonObject, JsonObject> change)
    {
        lock (_gate)
        {
            var old = Required(path);
            var target = change(Copy(old));
            if ((string?)Meta(target)["resourceVersion"] is { Length: > 0 } version && version != (string?)Meta(old)["resourceVersion"])
            {
                throw new ApiFailureException(
                    409,
                    "Conflict",
                    $"Operation cannot be fulfilled on {path.Plural} \"{path.Name}\": the object has been modified"
                );
            }

            if ((string?)Meta(target)["uid"] is { Length: > 0 } uid && uid != (string?)Meta(old)["uid"])
            {
                throw new ApiFailureException(409, "Conflict", $"Precondition failed: UID in precondition: {uid}");
            }

            if (path.Subresource == "status")
            {
                target = With(Copy(old), "status", target["status"]);
            }
            else if (StatusSubresources.Contains(path.Plural))
            {
                target = With(target, "status", old["status"]);
            }

            foreach (
                var field in (string[])
                    ["name", "namespace", "uid", "creationTimestamp", "generation", "resourceVersion", "deletionTimestamp"]
            )
            {
                With(Meta(target), field, Meta(old)[field]);
            }

            if (JsonNode.DeepEquals(old, target))
            {
                return Copy(old);
            }

            if (!JsonNode.DeepEquals(old["spec"], target["spec"]))
            {
                Meta(target)["generation"] = (long)Meta(old)["generation"]! + 1;
            }

            return Finished(target) ? RemoveLocked(path.Resource, old, target) : Copy(Store(path.Resource, old, target));
        }
    }

    public JsonObject Delete(RequestPath path, string? uid = null, string? version = null)
    {
        lock (_gate)
        {
            var old = Required(path);
            if (
                (uid is not null && uid != (string?)Meta(old)["uid"])
                || (version is not null && version != (string?)Meta(old)["resourceVersion"])
            )
            {
                throw new ApiFailureException(409, "Conflict", "Precondition failed");
            }

            if (Meta(old)["finalizers"] is not JsonArray { Count: > 0 })
            {
                return RemoveLocked(path.Resource, old, Copy(old));
            }

            var target = Copy(old);
            Meta(target)["deletionTimestamp"] ??= TimeProvider
                .System.GetUtcNow()
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            return Copy(Store(path.Resource, old, target));
        }
    }

    private static bool Finished(JsonObject target) =>
        Meta(target)["deletionTimestamp"] is not null && Meta(target)["finalizers"] is not JsonArray { Count: > 0 };

    private static JsonObject Meta(JsonObject target) =>
        target["metadata"] as JsonObject ?? (JsonObject)(target["metadata"] = new JsonObject());

    private static JsonObject Copy(JsonObject target) => (JsonObject)target.DeepClone();

    private static string Key(string scope, string name) => $"{scope}/{name}";

    private static JsonObject With(JsonObject target, string field, JsonNode? value)
    {
        if (value is null)
        {
            target.Remove(field);
        }
        else
        {
            target[field] = value.DeepClone();
        }

        return target;
    }

    private SortedDictionary<string, JsonObject> Objects(string resource)
    {
        if (!_resources.TryGetValue(resource, out var objects))
        {
            _resources[resource] = objects = new(StringComparer.Ordinal);
        }

        return objects;
    }

    private JsonObject Required(RequestPath path) =>
        Objects(path.Resource).GetValueOrDefault(Key(path.Namespace, path.Name!))
        ?? throw new ApiFailureException(404, "NotFound", $"{path.Plural} \"{path.Name}\" not found");

    private JsonObject Store(string resource, JsonObject? old, JsonObject target)
    {
        Meta(target)["resourceVersion"] = $"{++Revision}";
        Objects(resource)[Key((string?)Meta(target)["namespace"] ?? "", (string)Meta(target)["name"]!)] = target;
        _history.Add(new(Revision, resource, old, target));
        WakeLocked();
        return target;
    }

    private JsonObject RemoveLocked(string resource, JsonObject old, JsonObject last)
    {
        Meta(last)["resourceVersion"] = $"{++Revision}";
        Objects(resource).Remove(Key((string?)Meta(old)["namespace"] ?? "", (string)Meta(old)["name"]!));
        _history.Add(new(Revision, resource, last, null));
        WakeLocked();
        return Copy(last);
    }

    private void WakeLocked()
    {
        _changed.TrySetResult();
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
