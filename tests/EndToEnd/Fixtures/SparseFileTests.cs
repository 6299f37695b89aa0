using System.Text;
using Stromboli.EndToEnd.Credentials;

namespace Stromboli.EndToEnd.Fixtures;

public sealed class SparseFileTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("sesame-open");

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) - 5)]
    [InlineData((2 << 20) - 3)]
    [InlineData(100L << 30)]
    public void Contains_BeyondHolesAndAcrossPieces_IsFound(long at)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write))
            {
                RandomAccess.Write(file, new byte[(2 << 20) + 17], 0);
                RandomAccess.SetLength(file, 200L << 30);
                RandomAccess.Write(file, Secret, at);
            }

            Assert.True(SparseFile.Contains(path, Secret));
            Assert.False(SparseFile.Contains(path, [.. Secret, 1]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Contains_NoSuchFile_IsFalse() => Assert.False(SparseFile.Contains("/nowhere/at/all", Secret));
}
