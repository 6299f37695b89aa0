using System.Diagnostics.CodeAnalysis;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// The deliveries that wait for a request, and how many requests are under way. A receiver is a host and port with one namespace's
/// deliveries to it. Receivers take turns, and each has its own limit, so that a slow one delays no other. A pause that a receiver asks for
/// holds for it alone: several namespaces can have webhooks on one host, and one must not be able to stop those of another. Not safe for use
/// from several threads without <see cref="DeliveryDispatcher"/>'s lock.
/// </summary>
internal sealed class DeliveryQueue(WebhookOptions options)
{
    private readonly Dictionary<(string Namespace, string Host), Receiver> _receivers = [];
    private readonly Dictionary<string, int> _hosts = [];

    // The receivers with waiting deliveries; the next in turn is first.
    private readonly LinkedList<Receiver> _turns = [];
    private int _waiting;
    private int _underWay;

    /// <summary>Adds a delivery.</summary>
    /// <returns>False if too many wait.</returns>
    public bool TryAdd(Delivery delivery)
    {
        var receiver = Of(delivery);
        if (_waiting >= options.Queue || receiver.Waiting.Count >= options.ReceiverQueue)
        {
            Drop(receiver);
            return false;
        }

        receiver.Waiting.Enqueue(delivery);
        _waiting++;
        if (receiver.Waiting.Count == 1)
        {
            _turns.AddLast(receiver.Turn);
        }

        return true;
    }

    /// <summary>Takes the next delivery whose request may begin. <see cref="Done"/> gives its place back.</summary>
    /// <param name="now">The time.</param>
    /// <param name="delivery">The delivery.</param>
    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out Delivery? delivery)
    {
        for (var turn = _underWay < options.Concurrency ? _turns.First : null; turn is not null; turn = turn.Next)
        {
            var receiver = turn.Value;
            if (
                receiver.UnderWay >= options.ReceiverConcurrency
                || receiver.PausedUntil > now
                || _hosts.GetValueOrDefault(receiver.Host) >= options.HostConcurrency
            )
            {
                continue;
            }

            delivery = receiver.Waiting.Dequeue();
            _waiting--;
            _underWay++;
            receiver.UnderWay++;
            _hosts[receiver.Host] = _hosts.GetValueOrDefault(receiver.Host) + 1;
            _turns.Remove(turn);
            if (receiver.Waiting.Count > 0)
            {
                _turns.AddLast(turn);
            }

            return true;
        }

        delivery = null;
        return false;
    }

    /// <summary>The request has ended.</summary>
    /// <param name="delivery">The delivery.</param>
    /// <param name="pausedUntil">Until when the receiver wants no further request; null if it does not say.</param>
    public void Done(Delivery delivery, DateTimeOffset? pausedUntil)
    {
        var receiver = Of(delivery);
        receiver.UnderWay--;
        receiver.PausedUntil = pausedUntil > receiver.PausedUntil ? pausedUntil.Value : receiver.PausedUntil;
        _underWay--;
        if (--_hosts[receiver.Host] == 0)
        {
            _hosts.Remove(receiver.Host);
        }

        Drop(receiver);
    }

    /// <summary>When the first pause of a receiver with waiting deliveries ends; null if there is none.</summary>
    public DateTimeOffset? NextPauseEnd(DateTimeOffset now)
    {
        DateTimeOffset? first = null;
        foreach (var receiver in _turns)
        {
            if (receiver.PausedUntil > now && !(first < receiver.PausedUntil))
            {
                first = receiver.PausedUntil;
            }
        }

        return first;
    }

    private Receiver Of(Delivery delivery)
    {
        var key = (delivery.Run.Namespace ?? "", delivery.Host);
        if (!_receivers.TryGetValue(key, out var receiver))
        {
            _receivers[key] = receiver = new(key);
        }

        return receiver;
    }

    // A pause does not outlive the last delivery. Those that failed wait for their own next attempt anyway.
    private void Drop(Receiver receiver)
    {
        if (receiver.UnderWay == 0 && receiver.Waiting.Count == 0)
        {
            _receivers.Remove(receiver.Key);
        }
    }

    private sealed class Receiver
    {
        public Receiver((string Namespace, string Host) key)
        {
            Key = key;
            Turn = new(this);
        }

        public (string Namespace, string Host) Key { get; }

        public string Host => Key.Host;

        public LinkedListNode<Receiver> Turn { get; }

        public Queue<Delivery> Waiting { get; } = [];

        public int UnderWay { get; set; }

        public DateTimeOffset PausedUntil { get; set; }
    }
}
