using System.Collections.Concurrent;
using System.Security.Cryptography;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>Opens streams of nodes: asks over the link, and waits for the bridge's request that carries the stream.</summary>
internal sealed class NodeStreams(INodeHub hub, TimeProvider clock)
{
    /// <summary>How long a bridge may take to answer.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(50);

    private const int IdBytes = 16;

    private readonly ConcurrentDictionary<string, Expected> _expected = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _open = [];

    /// <summary>Opens a stream. The caller disposes it.</summary>
    /// <exception cref="NodeStreamException">The node is away, sends too many streams already, or does not answer.</exception>
    public async Task<NodeStream> OpenAsync(string node, StreamSource source, CancellationToken cancellationToken)
    {
        var slot = Enter(node);
        try
        {
            var id = RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true);
            Expected expected = new(node);
            _expected[id] = expected;
            var (request, linkEnded) = hub.OpenStream(node, id, source);
            if (request != StreamRequest.Sent)
            {
                _expected.TryRemove(id, out _);
                throw Refused(node, request);
            }

            var stream = await AnswerAsync(node, id, expected, linkEnded, cancellationToken);
            stream.Bind(slot, linkEnded);
            return stream;
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <summary>Whether a stream of that ID is expected from the node.</summary>
    public bool Expects(string id, string node) => _expected.TryGetValue(id, out var expected) && expected.Node == node;

    /// <summary>Takes the stream that a bridge sends. Only the first one of an ID is taken, and only from the node that was asked.</summary>
    public bool Deliver(string id, string node, NodeStream stream) =>
        Expects(id, node) && _expected.TryRemove(id, out var expected) && expected.Answer.TrySetResult(stream);

    private static NodeStreamException Refused(string node, StreamRequest request) =>
        new(
            StatusCodes.Status503ServiceUnavailable,
            request == StreamRequest.OldBridge
                ? $"The bridge of node {node} is too old to send this; update it."
                : $"Node {node} is not connected at the moment; try again when it is back."
        );

    private async Task<NodeStream> AnswerAsync(
        string node,
        string id,
        Expected expected,
        CancellationToken linkEnded,
        CancellationToken cancellationToken
    )
    {
        using var timeout = new CancellationTokenSource(AnswerTimeout, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, linkEnded);
        try
        {
            return await expected.Answer.Task.WaitAsync(any.Token);
        }
        catch (OperationCanceledException)
        {
            if (!_expected.TryRemove(id, out _))
            {
                // The bridge has answered at the same moment.
                (await expected.Answer.Task).Dispose();
            }

            cancellationToken.ThrowIfCancellationRequested();
            throw new NodeStreamException(
                StatusCodes.Status503ServiceUnavailable,
                linkEnded.IsCancellationRequested
                    ? $"Node {node} lost its connection; try again when it is back."
                    : $"Node {node} did not answer within {AnswerTimeout.TotalSeconds:0} s; try again."
            );
        }
    }

    private Slot Enter(string node)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(node);
            if (open >= NodeLinkProtocol.MaxStreams)
            {
                throw new NodeStreamException(
                    StatusCodes.Status429TooManyRequests,
                    $"Node {node} already sends {open} streams, which is the most at one time; try again later."
                );
            }

            _open[node] = open + 1;
            return new Slot(this, node);
        }
    }

    private void Leave(string node)
    {
        lock (_lock)
        {
            if (--_open[node] == 0)
            {
                _open.Remove(node);
            }
        }
    }

    private sealed class Slot(NodeStreams streams, string node) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                streams.Leave(node);
            }
        }
    }

    private sealed record Expected(string Node)
    {
        public TaskCompletionSource<NodeStream> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
