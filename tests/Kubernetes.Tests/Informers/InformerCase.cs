using System.Collections.Concurrent;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Informers;

public abstract class InformerCase : ApiServerTest
{
    private protected IEnumerable<RecordedRequest> ListRequests =>
        Server.Requests.Where(r => r.Method == "GET" && r.Path.EndsWith("/widgets", StringComparison.Ordinal) && !IsWatch(r));

    private protected static bool IsWatch(RecordedRequest request) => request.Query.Contains("watch=true", StringComparison.Ordinal);

    /// <summary>A change that no widget informer sees.</summary>
    private protected Task BumpAsync() =>
        Client.CreateAsync(
            BuiltIn.ConfigMaps,
            new()
            {
                Metadata = new() { Namespace = "ns", Name = "other" },
            },
            cancellationToken: End
        );

    private protected Informer<Widget> NewRecorded(out ConcurrentQueue<string> changes, InformerOptions<Widget>? options = null)
    {
        var informer = new Informer<Widget>(
            Client,
            Widget.Type,
            (options ?? new()) with
            {
                MinBackoff = TimeSpan.FromMilliseconds(5),
                MaxBackoff = TimeSpan.FromMilliseconds(50),
            }
        );
        var recorded = changes = [];
        informer.OnChange(c => recorded.Enqueue($"{c.Type} {c.Object.Metadata.Name}"));
        return informer;
    }
}
