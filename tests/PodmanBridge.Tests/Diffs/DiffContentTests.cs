using System.IO.Compression;
using System.Text;
using Stromboli.PodmanBridge.Diffs;

namespace Stromboli.PodmanBridge.Tests.Diffs;

public sealed class DiffContentTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789a", "0123456789\n# Stromboli: the diff goes on, and is cut here after 10 bytes.\n")]
    [InlineData("012345678\na", "012345678\n# Stromboli: the diff goes on, and is cut here after 10 bytes.\n")]
    public async Task Write_LongDiff_IsCutAndSaysSo(string diff, string sent)
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(diff), CancellationToken.None);
        }

        compressed.Position = 0;
        await using var content = new DiffContent(compressed, most: 10);
        using var to = new MemoryStream();
        await content.WriteAsync(to, CancellationToken.None);

        Assert.Equal(sent, Encoding.UTF8.GetString(to.ToArray()));
    }
}
