namespace Stromboli.PodmanBridge.Logs;

/// <summary>The tool calls that wait for their outcome, at most a number of them: the oldest is forgotten first.</summary>
internal sealed class ToolCalls(int most)
{
    private readonly Dictionary<string, byte[]> _labels = [];
    private readonly Queue<string> _order = new();

    /// <summary>A call begins.</summary>
    public void Add(string id, byte[] label)
    {
        if (!_labels.TryAdd(id, label))
        {
            return;
        }

        _order.Enqueue(id);
        while (_order.Count > most)
        {
            _labels.Remove(_order.Dequeue());
        }
    }

    /// <summary>A call has its outcome.</summary>
    /// <returns>Its label; null if it is unknown.</returns>
    public byte[]? Take(string id) => _labels.Remove(id, out var label) ? label : null;
}
