using System.Net;
using System.Net.Sockets;
using Stromboli.Egress;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class RegistryGateTests
{
    private readonly List<string> _asked = [];

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("1.1.1.1,2606:4700::1111")]
    public async Task Demand_PublicAddresses_Passes(string addresses) =>
        Assert.Null(await JudgeAsync("registry.example.com/agent:1", addresses));

    [Theory]
    [InlineData("10.0.0.5")]
    [InlineData("1.1.1.1,192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:1.1.1.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    public async Task Demand_AnyOtherAddress_IsRefusedAndNotTold(string addresses)
    {
        var error = await JudgeAsync("registry.example.com/agent:1", addresses);

        Assert.Equal(ImagePullFailure.RegistryRefused, error?.Failure);
        Assert.Equal(
            "The image 'registry.example.com/agent:1' could not be pulled: the registry registry.example.com has an address that is not public, and --allow-registry of the node's bridge does not name it.",
            error?.Message
        );
    }

    [Theory]
    [InlineData("10.0.0.5:5000/agent:1")]
    [InlineData("0xa.5:5000/agent:1")]
    [InlineData("167772165:5000/agent:1")]
    public async Task Demand_LiteralAddress_IsRefusedInAnySpelling(string image)
    {
        Assert.Equal(ImagePullFailure.RegistryRefused, (await JudgeAsync(image, ""))?.Failure);
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Demand_NameWithoutAddress_IsUnreachable()
    {
        var error = await JudgeAsync("registry.example.com/agent:1", "");

        Assert.Equal(ImagePullFailure.Unreachable, error?.Failure);
        Assert.EndsWith("cannot be reached from the node: its name has no address.", error?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("registry.corp/agent:1", true, "registry.corp")]
    [InlineData("registry.corp:5000/agent:1", true, "registry.corp")]
    [InlineData("Registry.Corp/agent:1", true, "registry.corp")]
    [InlineData("registry.corp:5000/agent:1", true, "registry.corp:5000")]
    [InlineData("registry.corp:22/agent:1", false, "registry.corp:5000")]
    [InlineData("registry.corp/agent:1", false, "registry.corp:5000")]
    [InlineData("other.registry.corp/agent:1", false, "registry.corp")]
    [InlineData("10.0.0.5:5000/agent:1", true, "10.0.0.5:5000")]
    public async Task Demand_AllowedRegistry_IsNotEvenResolved(string image, bool passes, string allowed)
    {
        Assert.Equal(passes, await JudgeAsync(image, "10.0.0.5", allowed) is null);
        Assert.Equal(passes, _asked.Count == 0);
    }

    private async Task<ImagePullException?> JudgeAsync(string image, string addresses, params string[] allowed)
    {
        var dialer = new Dialer(
            AddressPolicy.Default,
            TimeProvider.System,
            (host, _) =>
            {
                _asked.Add(host);
                return addresses.Length == 0
                    ? throw new SocketException((int)SocketError.HostNotFound)
                    : Task.FromResult(addresses.Split(',').Select(IPAddress.Parse).ToArray());
            }
        );
        return await Record.ExceptionAsync(() =>
                new RegistryGate(dialer, allowed).DemandAsync(ImageReference.Parse(image)!, CancellationToken.None)
            ) as ImagePullException;
    }
}
