namespace Stromboli.Cli.Runs;

/// <summary>Growing waits between tries, up to five seconds.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _next = First;
    private long? _since;

    /// <summary>How long ago the first wait since the last success began.</summary>
    public TimeSpan Waited => _since is { } since ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>Begins again with the shortest wait.</summary>
    public void Reset()
    {
        _next = First;
        _since = null;
    }

    /// <summary>Waits.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        _since ??= clock.GetTimestamp();
        // Jitter, not a secret: many followers of one server do not come back all at once.
        await Task.Delay(_next * (0.75 + (0.5 * Random.Shared.NextDouble())), clock, cancellationToken);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
    }
}
