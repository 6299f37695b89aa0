using System.Text;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ShimGoTests
{
    [Fact]
    public void Encode_Everything_IsFieldsInSequence()
    {
        var go = new ShimGo
        {
            Argv = ["sh", "-c"],
            Environment = ["A=é"],
            Workdir = "/w",
            Stdin = "p\0q"u8.ToArray(),
            Relays = [(0x1234, "model.sock")],
            LogBytes = 0x0102,
            StopGrace = TimeSpan.FromMilliseconds(1000),
            Lease = TimeSpan.FromSeconds(2),
            Hooks = [new("onCreate[0]", "a=b"), new("postStart[0]", "-x")],
            HooksTimeout = TimeSpan.FromMinutes(5),
            Pids = 256,
        };

        byte[] expected =
        [
            1,
            2,
            0,
            0,
            0,
            .. "sh"u8,
            1,
            2,
            0,
            0,
            0,
            .. "-c"u8,
            2,
            4,
            0,
            0,
            0,
            .. "A=é"u8,
            3,
            2,
            0,
            0,
            0,
            .. "/w"u8,
            4,
            3,
            0,
            0,
            0,
            .. "p\0q"u8,
            5,
            12,
            0,
            0,
            0,
            0x34,
            0x12,
            .. "model.sock"u8,
            6,
            8,
            0,
            0,
            0,
            2,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
            7,
            4,
            0,
            0,
            0,
            0xe8,
            3,
            0,
            0,
            8,
            8,
            0,
            0,
            0,
            0xd0,
            7,
            0,
            0,
            0,
            0,
            0,
            0,
            9,
            15,
            0,
            0,
            0,
            .. "onCreate[0]=a=b"u8,
            9,
            15,
            0,
            0,
            0,
            .. "postStart[0]=-x"u8,
            10,
            8,
            0,
            0,
            0,
            0xe0,
            0x93,
            4,
            0,
            0,
            0,
            0,
            0,
            11,
            8,
            0,
            0,
            0,
            0,
            1,
            0,
            0,
            0,
            0,
            0,
            0,
        ];
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(go.Encode().Span));
    }

    [Fact]
    public void Encode_LeaseOver_IsZeroNotNegative()
    {
        var go = new ShimGo
        {
            Argv = [],
            Environment = [],
            Workdir = "/",
            Stdin = default,
            Relays = [],
            LogBytes = 0,
            StopGrace = TimeSpan.Zero,
            Lease = TimeSpan.FromSeconds(-5),
        };

        Assert.EndsWith("0808000000" + "0000000000000000", Convert.ToHexString(go.Encode().Span));
    }

    [Fact]
    public void ToString_OfAStart_IsNotPrinted() =>
        Assert.DoesNotContain(
            "secret",
            new ShimGo
            {
                Argv = [],
                Environment = ["K=secret"],
                Workdir = "/",
                Stdin = Encoding.UTF8.GetBytes("secret"),
                Relays = [],
                LogBytes = 0,
                StopGrace = TimeSpan.Zero,
                Lease = TimeSpan.Zero,
            }.ToString()
        );
}
