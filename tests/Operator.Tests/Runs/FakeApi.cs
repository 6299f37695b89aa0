using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Tests.Runs;

/// <summary>
/// An API server in this process, for what a real one cannot do on demand: an informer that lags, an answer that is lost, a conflict at one
/// write. It keeps AgentRuns with compare-and-swap and watches, Secrets, and Events.
/// </summary>
internal sealed class FakeApi : IAsyncDisposable
{
    private const string Runs = "/apis/stromboli.dev/v1alpha1/";

    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly Dictionary<string, JsonObject> _runs = [];
    private readonly Dictionary<string, JsonObject> _secrets = [];
    private readonly Dictionary<string, JsonObject> _sessions = [];
    private readonly Dictionary<string, int> _secretReadsOf = [];
    private readonly List<Channel<JsonObject>> _watchers = [];
    private readonly List<string> _events = [];
    private readonly List<JsonObject> _stored = [];
    private long _version = 100;
    private TaskCompletionSource? _lag;
    private int _secretReads;
    private int _refused;

    private FakeApi(WebApplication app) => _app = app;

    public enum Fault
    {
        None,
        Conflict,
        LostAnswer,
        Unavailable,
        Invalid,
    }

    /// <summary>Chooses the fault of the next write of a status, from the object to store.</summary>
    public Func<JsonObject, Fault> OnWrite { get; set; } = _ => Fault.None;

    /// <summary>Called before a write is handled, outside of locks.</summary>
    public Func<JsonObject, Task> BeforeWrite { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called before a Secret is read, outside of locks.</summary>
    public Func<Task> BeforeSecret { get; set; } = () => Task.CompletedTask;

    /// <summary>How often Secrets were read, whether they exist or not.</summary>
    public int SecretReads => Volatile.Read(ref _secretReads);

    public bool IsDown { get; set; }

    /// <summary>How many writes of a status were refused while it was down.</summary>
    public int RefusedWrites => Volatile.Read(ref _refused);

    /// <summary>Refused deletions of an object that had changed.</summary>
    public int RefusedDeletions { get; private set; }

    public Uri Address => new(_app.Urls.Single());

    public IReadOnlyList<string> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Every status that was stored, in order.</summary>
    public IReadOnlyList<JsonObject> Stored
    {
        get
        {
            lock (_gate)
            {
                return [.. _stored];
            }
        }
    }

    public static async Task<FakeApi> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var api = new FakeApi(builder.Build());
        api._app.Run(api.HandleAsync);
        await api._app.StartAsync();
        return api;
    }

    public KubeClient Client() =>
        new(
            new KubeConfig { Server = Address },
            new KubeClientOptions
            {
                MaxRetries = 1,
                RetryDelay = TimeSpan.FromMilliseconds(5),
                QueriesPerSecond = 10_000,
                Burst = 10_000,
            }
        );

    /// <summary>Holds back all watch events until disposed.</summary>
    public IDisposable Lag()
    {
        _lag = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return new Ending(() => Interlocked.Exchange(ref _lag, null)?.TrySetResult());
    }

    public string Create(string name, string spec = """{"prompt": "hello"}""", string @namespace = "team") =>
        Create(name, JsonNode.Parse(spec)!, @namespace);

    /// <summary>How often the Secret of that name was read.</summary>
    public int SecretReadsOf(string name)
    {
        lock (_gate)
        {
            return _secretReadsOf.GetValueOrDefault(name);
        }
    }

    /// <summary>Creates a session, which is only listed.</summary>
    public void CreateSession(string name, JsonNode spec, string @namespace = "team")
    {
        lock (_gate)
        {
            _sessions[$"{@namespace}/{name}"] = new JsonObject
            {
                ["apiVersion"] = "stromboli.dev/v1alpha1",
                ["kind"] = "AgentSession",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = @namespace,
                    ["uid"] = Guid.NewGuid().ToString(),
                    ["resourceVersion"] = $"{++_version}",
                },
                ["spec"] = spec,
            };
        }
    }

    public string Create(string name, JsonNode spec, string @namespace = "team", JsonObject? annotations = null)
    {
        var uid = Guid.NewGuid().ToString();
        var run = new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["namespace"] = @namespace,
                ["uid"] = uid,
                ["generation"] = 1L,
                ["creationTimestamp"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
                ["annotations"] = annotations,
            },
            ["spec"] = spec,
            ["status"] = new JsonObject { ["observedGeneration"] = -1 },
        };
        Put("ADDED", $"{@namespace}/{name}", run);
        return uid;
    }

    public void Edit(string name, string field, JsonNode value, string @namespace = "team") =>
        Change(
            $"{@namespace}/{name}",
            run =>
            {
                run["spec"]![field] = value;
                run["metadata"]!["generation"] = run["metadata"]!["generation"]!.GetValue<long>() + 1;
            }
        );

    /// <summary>Stores a status as another operator would.</summary>
    public void SetStatus(string name, string status) => Change($"team/{name}", run => run["status"] = JsonNode.Parse(status));

    /// <summary>Makes a change that the operator ignores and that makes its next write a conflict.</summary>
    public void Label(string name) =>
        Change($"team/{name}", run => run["metadata"]!["labels"] = new JsonObject { ["touched"] = $"{_version}" });

    public void Delete(string name)
    {
        lock (_gate)
        {
            if (_runs.Remove($"team/{name}", out var run))
            {
                Publish("DELETED", run);
            }
        }
    }

    public JsonObject? Get(string name)
    {
        lock (_gate)
        {
            return _runs.GetValueOrDefault($"team/{name}")?.DeepClone().AsObject();
        }
    }

    public void CreateSecret(string @namespace, string name, string key, string value, string? useAs, string? origins = null)
    {
        lock (_gate)
        {
            _secrets[$"{@namespace}/{name}"] = new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Secret",
                ["metadata"] = new JsonObject
                {
                    ["name"] = name,
                    ["namespace"] = @namespace,
                    ["uid"] = Guid.NewGuid().ToString(),
                    ["resourceVersion"] = $"{++_version}",
                    ["annotations"] = useAs is null
                        ? null
                        : new JsonObject { ["stromboli.dev/use-as"] = useAs, ["stromboli.dev/model-origins"] = origins },
                },
                ["data"] = new JsonObject { [key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(value)) },
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _watchers.ForEach(w => w.Writer.TryComplete());
        }

        Interlocked.Exchange(ref _lag, null)?.TrySetResult();
        await _app.DisposeAsync();
    }

    private void Change(string key, Action<JsonObject> change)
    {
        JsonObject run;
        lock (_gate)
        {
            run = _runs[key].DeepClone().AsObject();
        }

        change(run);
        Put("MODIFIED", key, run);
    }

    private void Put(string type, string key, JsonObject run)
    {
        lock (_gate)
        {
            _runs[key] = run;
            Publish(type, run);
        }
    }

    private void Publish(string type, JsonObject run)
    {
        run["metadata"]!["resourceVersion"] = $"{++_version}";
        foreach (var watcher in _watchers)
        {
            watcher.Writer.TryWrite(new JsonObject { ["type"] = type, ["object"] = run.DeepClone() });
        }
    }

    private Task HandleAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        if (IsDown && http.Request.Method == "PUT")
        {
            Interlocked.Increment(ref _refused);
        }

        if (IsDown)
        {
            return Fail(http, 503, "ServiceUnavailable");
        }

        if (path.StartsWith("/apis/events.k8s.io", StringComparison.Ordinal))
        {
            return EventAsync(http);
        }

        if (path.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal))
        {
            return One(http, _secrets, path.Split('/') is [_, _, _, _, var ns, "secrets", var name] ? $"{ns}/{name}" : "");
        }

        return path[Runs.Length..].Split('/') switch
        {
            ["agentruns"] when http.Request.Query["watch"] is ["true" or "1"] => WatchAsync(http),
            ["agentruns"] => ListAsync(http, _runs),
            ["agentsessions"] when http.Request.Query["watch"] is [] => ListAsync(http, _sessions),
            ["namespaces", var ns, "agentruns", var name] when http.Request.Method == "DELETE" => RemoveAsync(http, $"{ns}/{name}"),
            ["namespaces", var ns, "agentruns", var name] => One(http, _runs, $"{ns}/{name}"),
            ["namespaces", var ns, "agentruns", var name, "status"] => WriteAsync(http, $"{ns}/{name}"),
            _ => Fail(http, 404, "NotFound"),
        };
    }

    private async Task RemoveAsync(HttpContext http, string key)
    {
        var only = (await JsonNode.ParseAsync(http.Request.Body))!["preconditions"]!;
        JsonObject? removed;
        lock (_gate)
        {
            removed = _runs.GetValueOrDefault(key) is { } run && (string?)run["metadata"]!["uid"] == (string?)only["uid"] ? run : null;
            if (removed is not null && (string?)removed["metadata"]!["resourceVersion"] == (string?)only["resourceVersion"])
            {
                _runs.Remove(key);
                Publish("DELETED", removed);
            }
            else if (removed is not null)
            {
                removed = null;
                http.Response.StatusCode = 409;
                RefusedDeletions++;
            }
        }
        await (
            removed is not null ? Answer(http, removed)
            : http.Response.StatusCode == 409 ? Fail(http, 409, "Conflict")
            : Fail(http, 404, "NotFound")
        );
    }

    private async Task EventAsync(HttpContext http)
    {
        var body = (await JsonNode.ParseAsync(http.Request.Body))!.AsObject();
        lock (_gate)
        {
            _events.Add($"{body["regarding"]?["name"]}/{body["reason"]}");
        }

        http.Response.StatusCode = 201;
        await Answer(http, body);
    }

    // Pages reflect the current objects, so a test that changes runs meanwhile must keep them few.
    private Task ListAsync(HttpContext http, Dictionary<string, JsonObject> objects)
    {
        var from = int.TryParse(http.Request.Query["continue"], out var given) ? given : 0;
        var limit = int.Parse(http.Request.Query["limit"].ToString());
        JsonObject list;
        lock (_gate)
        {
            list = new JsonObject
            {
                ["metadata"] = new JsonObject
                {
                    ["resourceVersion"] = $"{_version}",
                    ["continue"] = from + limit < objects.Count ? $"{from + limit}" : null,
                },
                ["items"] = new JsonArray([.. objects.Values.Skip(from).Take(limit).Select(r => r.DeepClone())]),
            };
        }
        return Answer(http, list);
    }

    private async Task WatchAsync(HttpContext http)
    {
        var channel = Channel.CreateUnbounded<JsonObject>();
        lock (_gate)
        {
            // What happened between the list and the watch, as the server's history would report it.
            var from = long.Parse(http.Request.Query["resourceVersion"].ToString());
            foreach (var run in _runs.Values.Where(r => Version(r) > from).OrderBy(Version))
            {
                channel.Writer.TryWrite(new JsonObject { ["type"] = "MODIFIED", ["object"] = run.DeepClone() });
            }

            _watchers.Add(channel);
        }
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync();
        await foreach (var change in channel.Reader.ReadAllAsync(http.RequestAborted))
        {
            if (_lag is { } lag)
            {
                await lag.Task;
            }

            await http.Response.WriteAsync(change.ToJsonString() + "\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private async Task One(HttpContext http, Dictionary<string, JsonObject> objects, string key)
    {
        if (objects == _secrets)
        {
            Interlocked.Increment(ref _secretReads);
            lock (_gate)
            {
                _secretReadsOf[key.Split('/')[1]] = _secretReadsOf.GetValueOrDefault(key.Split('/')[1]) + 1;
            }

            await BeforeSecret();
        }
        await Found(http, objects, key);
    }

    private Task Found(HttpContext http, Dictionary<string, JsonObject> objects, string key)
    {
        lock (_gate)
        {
            return objects.TryGetValue(key, out var found) ? Answer(http, found) : Fail(http, 404, "NotFound");
        }
    }

    private async Task WriteAsync(HttpContext http, string key)
    {
        var body = (await JsonNode.ParseAsync(http.Request.Body))!.AsObject();
        await BeforeWrite(body);
        var fault = OnWrite(body);
        if (fault == Fault.Unavailable)
        {
            await Fail(http, 500, "InternalError");
            return;
        }
        if (fault == Fault.Invalid)
        {
            await Fail(http, 422, "Invalid");
            return;
        }
        JsonObject? stored = null;
        lock (_gate)
        {
            if (_runs.TryGetValue(key, out var known) && fault != Fault.Conflict && Version(known) == Version(body))
            {
                stored = known.DeepClone().AsObject();
                stored["status"] = body["status"]?.DeepClone();
                _runs[key] = stored;
                Publish("MODIFIED", stored);
                _stored.Add(stored["status"]!.DeepClone().AsObject());
            }
        }
        if (fault == Fault.LostAnswer)
        {
            http.Abort();
        }
        else if (stored is not null)
        {
            await Answer(http, stored);
        }
        else
        {
            await (Get(key.Split('/')[1]) is null ? Fail(http, 404, "NotFound") : Fail(http, 409, "Conflict"));
        }
    }

    private static long Version(JsonObject target) => long.Parse(target["metadata"]!["resourceVersion"]!.GetValue<string>());

    private static Task Answer(HttpContext http, JsonObject body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }

    private static Task Fail(HttpContext http, int code, string reason)
    {
        http.Response.StatusCode = code;
        return Answer(
            http,
            new JsonObject
            {
                ["kind"] = "Status",
                ["status"] = "Failure",
                ["reason"] = reason,
                ["message"] = reason,
                ["code"] = code,
            }
        );
    }

    private sealed class Ending(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
