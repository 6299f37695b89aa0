using Stromboli.Gateway.Git.Protocol;
using static Stromboli.Gateway.Tests.Git.Pushes.Packets;

namespace Stromboli.Gateway.Tests.Git.Pushes;

public sealed class PushAdvertisementTests
{
    [Fact]
    public async Task Advertisement_LosesWhatARunMayNotUse() =>
        Assert.Equal(
            Bytes(
                $"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status report-status-v2 side-band-64k atomic ofs-delta object-format=sha1 agent=git/2.50 delete-refs\n><{Two} .have\n><{Two} refs/heads/x\n><shallow {Two}\n>0000"
            ),
            await PassAsync(
                $"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status report-status-v2 delete-refs side-band-64k push-options push-cert=nonce atomic ofs-delta object-format=sha1 session-id=x agent=git/2.50 unknown\n><{Two} refs/heads/x\n><shallow {Two}\n>0000",
                have: Two
            )
        );

    [Fact]
    public async Task Advertisement_OfAnEmptyRepository_HasNoCommit() =>
        Assert.Equal(
            Bytes($"<# service=git-receive-pack\n>0000<{Zero} capabilities^{{}}\0report-status delete-refs\n>0000"),
            await PassAsync($"<# service=git-receive-pack>0000<{Zero} capabilities^{{}}\0report-status delete-refs\n>0000", have: One)
        );

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("<# service=git-upload-pack\n>00000000")]
    [InlineData("<# service=git-receive-pack\n>00000000")]
    [InlineData($"<# service=git-receive-pack\n>0000<{One} refs/heads/main\n>0000")]
    [InlineData($"<# service=git-receive-pack\n>0000<version 1\n><{One} refs/heads/main\0report-status\n>0000")]
    [InlineData($"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status\n>0001")]
    [InlineData($"<# service=git-receive-pack\n>0000<{One} refs/heads/main\0report-status\n>")]
    public async Task Answer_ThatIsNone_IsRefused(string packets) =>
        await Assert.ThrowsAsync<PktException>(() => PassAsync(packets, have: null));

    private static async Task<byte[]> PassAsync(string packets, string? have)
    {
        using var passed = new MemoryStream();
        await PushAdvertisement.PassAsync(
            new PktReader(new MemoryStream(Bytes(packets))),
            bytes =>
            {
                passed.Write(bytes.Span);
                return Task.CompletedTask;
            },
            have,
            CancellationToken.None
        );
        return passed.ToArray();
    }
}
