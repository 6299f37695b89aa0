using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Hub;

namespace Stromboli.Operator.Tests.Runs;

/// <summary>Records what would be sent.</summary>
internal sealed class FakeHub : INodeHub
{
    private readonly Lock _gate = new();
    private readonly List<(string Node, DesiredAttempt Attempt)> _sent = [];

    public IReadOnlyList<(string Node, DesiredAttempt Attempt)> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    public void Send(string node, DesiredAttempt attempt)
    {
        lock (_gate)
        {
            _sent.Add((node, attempt));
        }
    }

    public void SendSessionGone(string node, string uid) { }

    public (StreamRequest Request, CancellationToken LinkEnded) OpenStream(string node, string id, StreamSource source) =>
        (StreamRequest.NodeAway, default);

    /// <summary>What was sent of one run, in order, as <c>node/attempt state</c>.</summary>
    public IReadOnlyList<string> Of(string uid) =>
        [.. Sent.Where(s => s.Attempt.UID == uid).Select(s => $"{s.Node}/{s.Attempt.Attempt} {s.Attempt.State}")];
}
