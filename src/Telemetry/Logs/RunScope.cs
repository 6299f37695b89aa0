using System.Collections;

namespace Stromboli.Telemetry.Logs;

/// <summary>A scope of the log: what is logged within it is about this run.</summary>
/// <param name="uid">The run's UID.</param>
internal sealed class RunScope(string uid) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The run's UID.</summary>
    public string UID => uid;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] =>
        index == 0 ? new("run", uid) : throw new ArgumentOutOfRangeException(nameof(index));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    /// <inheritdoc/>
    public override string ToString() => uid;

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
