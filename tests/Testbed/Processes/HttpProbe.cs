namespace Stromboli.Testbed.Processes;

/// <summary>Checks whether a loopback address answers with success.</summary>
internal static class HttpProbe
{
    private static readonly HttpClient Plain = new(
        new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(1) }
    )
    {
        Timeout = TimeSpan.FromSeconds(2),
    };

    /// <summary>Whether a plain HTTP address answers.</summary>
    public static Task<bool> IsOkAsync(string address, CancellationToken cancellationToken) =>
        IsOkAsync(Plain, new Uri(address), cancellationToken);

    /// <summary>Whether an address answers this client.</summary>
    public static async Task<bool> IsOkAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
