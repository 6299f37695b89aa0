using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Harness;

/// <summary>A watch of one namespace's runs over plain HTTP, from before anything is applied. It outlives an API server that goes away and comes back.</summary>
internal sealed class RunWatch : IAsyncDisposable
{
    private readonly KubeHttp _http;
    private readonly string _path;
    private readonly ConcurrentDictionary<string, RunHistory> _histories = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stop = new();
    private string _version;
    private Task _watching = Task.CompletedTask;

    private RunWatch(KubeHttp http, string path, string version)
    {
        _http = http;
        _path = path;
        _version = version;
    }

    public IReadOnlyCollection<RunHistory> Histories => [.. _histories.Values];

    public static async Task<RunWatch> StartAsync(KubeHttp http, string path, CancellationToken cancellationToken)
    {
        var list = await http.GetAsync(path, cancellationToken);
        var watch = new RunWatch(http, path, list!["metadata"]!["resourceVersion"]!.ToString());
        watch._watching = watch.WatchAsync();
        return watch;
    }

    public RunHistory Of(string name) => _histories.GetOrAdd(name, key => new RunHistory(key));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var record in _http.WatchAsync(_path, _version, _stop.Token))
                    Take(record);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or KubeHttpException or OperationCanceledException)
            {
                await Task.WhenAny(Task.Delay(TimeSpan.FromMilliseconds(100), _stop.Token));
            }
        }
    }

    private void Take(JsonNode record)
    {
        var type = record["type"]!.ToString();
        var item = record["object"]!;
        if (type == "ERROR")
            throw new TestbedException($"The watch of {_path} cannot go on from {_version}, so that what a watcher saw is not whole: {item["message"]}");
        _version = item["metadata"]!["resourceVersion"]!.ToString();
        if (type != "BOOKMARK")
            Of(item["metadata"]!["name"]!.ToString()).Add(new RunState(DateTimeOffset.UtcNow, type == "DELETED", item));
    }
}
