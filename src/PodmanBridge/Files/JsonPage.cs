using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Files;

/// <summary>A page of bounded size, which is complete when it is opened.</summary>
/// <param name="json">The page.</param>
internal sealed class JsonPage(ReadOnlyMemory<byte> json) : IStreamContent
{
    /// <inheritdoc/>
    public string ContentType => "application/json";

    /// <inheritdoc/>
    public async Task WriteAsync(Stream to, CancellationToken cancellationToken) => await to.WriteAsync(json, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
