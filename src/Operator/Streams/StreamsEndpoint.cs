using Microsoft.AspNetCore.Connections.Features;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Discovery;
using Stromboli.Operator.Streams.Identity;
using Stromboli.Operator.Streams.Readers;
using Stromboli.Operator.Streams.Relays;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams;

/// <summary>
/// Serves the API group <c>streams.stromboli.dev</c> to the API server's aggregator. Every replica serves the documents. Readers are served
/// by the leader, and passed on to it by the others.
/// </summary>
internal sealed class StreamsEndpoint(
    PublicDocuments documents,
    CallerAuthenticator callers,
    ReaderSlots slots,
    LeaderStreams leader,
    LeaderRelay relay,
    ILeadership leadership,
    IHostApplicationLifetime host,
    TimeProvider clock
)
{
    /// <summary>The key of the connection's item that holds its <see cref="PeerCertificate"/>.</summary>
    public const string PeerItem = "stromboli.streams.peer";

    // A new leader needs this long for its lists, with room to spare.
    private static readonly TimeSpan LeaderTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Serves one request.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        try
        {
            await ServeAsync(http, either.Token);
        }
        catch (StatusException e)
        {
            await StatusAnswer.WriteAsync(http, e);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException && either.IsCancellationRequested)
        {
            await CancelAsync(http);
        }
    }

    private async Task ServeAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var path = http.Request.Path.Value ?? "";
        var document = documents.Find(path, http.Request.Headers);
        var route = document is null ? StreamRoute.TryParse(path) : null;
        if (document is null && route is null)
        {
            throw StatusException.NotFound("the server could not find the requested resource");
        }

        if (!HttpMethods.IsGet(http.Request.Method))
        {
            throw StatusException.MethodNotAllowed("Only GET is possible here.");
        }

        if (document is not null)
        {
            await document.WriteAsync(http);
            return;
        }

        var caller = callers.Authenticate(ItemOf<PeerCertificate>(http, PeerItem), http.Request.Headers);
        // Its connection does not take the place of one that is still to show who it is.
        ItemOf<ConnectionSlot>(http, HubEndpoint.SlotItem)?.Linked();
        using var slot = slots.Enter(route!.Key.Namespace);
        if (leadership.IsLeader)
        {
            await BeginAsync(cancellationToken);
            await leader.ServeAsync(http, caller.User, route, cancellationToken);
        }
        else if (caller.IsReplica)
        {
            throw StatusException.TryAgain("This operator no longer leads; try again.");
        }
        else
        {
            await relay.ServeAsync(http, caller.User, cancellationToken);
        }
    }

    // Until all lists are complete, every run would be unknown.
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        try
        {
            await leadership.WaitAsync(cancellationToken).WaitAsync(LeaderTimeout, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw StatusException.TryAgain("The operator has just begun to lead and still reads the runs; try again.");
        }
    }

    private static async Task CancelAsync(HttpContext http)
    {
        if (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (http.Response.HasStarted)
        {
            // A reader must not take the end of this process for the end of the stream.
            http.Abort();
            return;
        }

        await StatusAnswer.WriteAsync(http, StatusException.TryAgain("The operator is stopping; try again."));
    }

    private static T? ItemOf<T>(HttpContext http, string key)
        where T : class => http.Features.Get<IConnectionItemsFeature>()?.Items.TryGetValue(key, out var item) == true ? item as T : null;
}
