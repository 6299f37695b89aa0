namespace Stromboli.Kubernetes;

/// <summary>Collects what a program prints, up to a bound. Once more comes, it reads no further.</summary>
internal sealed class BoundedOutput
{
    private readonly Lock _lock = new();
    private readonly List<byte> _bytes = [];
    private readonly TaskCompletionSource _exceeded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BoundedOutput(Stream stream, int limit) => Ended = CollectAsync(stream, limit);

    /// <summary>Completes when the output ends.</summary>
    public Task Ended { get; }

    /// <summary>Completes if more comes than the bound.</summary>
    public Task Exceeded => _exceeded.Task;

    /// <summary>What has come until now.</summary>
    public byte[] ToArray()
    {
        lock (_lock)
        {
            return [.. _bytes];
        }
    }

    private async Task CollectAsync(Stream stream, int limit)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer) is > 0 and var count)
            {
                lock (_lock)
                {
                    if (_bytes.Count + count > limit)
                    {
                        _exceeded.SetResult();
                        return;
                    }

                    _bytes.AddRange(buffer.AsSpan(0, count));
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program was killed.
        }
    }
}
