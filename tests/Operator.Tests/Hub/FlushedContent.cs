using System.Net;

namespace Stromboli.Operator.Tests.Hub;

/// <summary>A body that is sent as it comes, its headers before the first byte, as a bridge sends streams.</summary>
internal sealed class FlushedContent(Stream source) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.FlushAsync();
        var buffer = new byte[4096];
        while (await source.ReadAsync(buffer) is > 0 and var read)
        {
            await stream.WriteAsync(buffer.AsMemory(0, read));
            await stream.FlushAsync();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
