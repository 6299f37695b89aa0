using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Streams;

/// <summary>
/// Answers the operator's requests for streams. All links together have at most <see cref="NodeLinkProtocol.MaxStreams"/> at a time; the
/// same number again may be under way as refusals, and a request beyond that is not answered.
/// </summary>
internal sealed class StreamDispatcher(IEnumerable<IStreamProvider> providers, ILogger<StreamDispatcher> logger)
{
    private readonly Dictionary<Type, IStreamProvider> _providers = providers.ToDictionary(provider => provider.Source);
    private int _open;
    private int _refusals;

    /// <summary>Begins the streams of one link.</summary>
    /// <param name="client">Sends the streams to the link's operator. It is disposed with the last stream of the link.</param>
    /// <param name="token">Reads the node's token.</param>
    public LinkStreams Begin(StreamClient client, Func<CancellationToken, Task<string>> token) => new(this, client, token, logger);

    /// <summary>Takes a place for a stream; null if all are taken.</summary>
    public IDisposable? TryEnter() => Place.TryTake(ref _open, () => Interlocked.Decrement(ref _open));

    /// <summary>Takes a place for a refusal; null if all are taken.</summary>
    public IDisposable? TryEnterRefusal() => Place.TryTake(ref _refusals, () => Interlocked.Decrement(ref _refusals));

    /// <summary>Opens a source.</summary>
    /// <exception cref="StreamRefusedException">There is no such stream.</exception>
    public Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken) =>
        _providers.TryGetValue(source.GetType(), out var provider)
            ? provider.OpenAsync(source, cancellationToken)
            : throw new StreamRefusedException(StatusCodes.Status501NotImplemented, "The bridge of this node does not have such a stream.");

    private sealed class Place(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public static Place? TryTake(ref int taken, Action leave)
        {
            if (Interlocked.Increment(ref taken) <= NodeLinkProtocol.MaxStreams)
            {
                return new Place(leave);
            }

            leave();
            return null;
        }

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
