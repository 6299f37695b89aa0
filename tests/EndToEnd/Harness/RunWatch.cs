using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Harness;

/// <summary>
/// A watch of one namespace's runs over plain HTTP, which starts before anything is applied. It survives a restart of the API server. If
/// the server cannot continue from the old version, all runs are listed again, and their histories have a gap.
/// </summary>
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
                {
                    if (record["type"]!.ToString() == "ERROR")
                    {
                        await ListAgainAsync();
                    }
                    else
                    {
                        Take(record);
                    }
                }
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

    private async Task ListAgainAsync()
    {
        var list = (await _http.GetAsync(_path, _stop.Token))!;
        var there = list["items"]!.AsArray().ToDictionary(item => NameOf(item!), item => item!);
        foreach (var history in Histories)
        {
            history.HasGap = true;
        }

        foreach (
            var (name, item) in there.Where(pair =>
                Of(pair.Key).States is not [.., var last] || VersionOf(last.Json) != VersionOf(pair.Value)
            )
        )
        {
            Of(name).Add(new RunState(DateTimeOffset.UtcNow, IsDeletion: false, item.DeepClone()));
        }

        foreach (var gone in Histories.Where(history => !there.ContainsKey(history.Name) && history.States is [.., { IsDeletion: false }]))
        {
            gone.Add(gone.Last with { SeenAt = DateTimeOffset.UtcNow, IsDeletion = true });
        }

        _version = VersionOf(list);
    }

    private void Take(JsonNode record)
    {
        var type = record["type"]!.ToString();
        var item = record["object"]!;
        _version = VersionOf(item);
        if (type != "BOOKMARK")
        {
            Of(NameOf(item)).Add(new RunState(DateTimeOffset.UtcNow, type == "DELETED", item));
        }
    }

    private static string NameOf(JsonNode item) => item["metadata"]!["name"]!.ToString();

    private static string VersionOf(JsonNode item) => item["metadata"]!["resourceVersion"]!.ToString();
}
