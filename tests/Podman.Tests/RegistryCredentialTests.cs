using System.Text;
using System.Text.Json;
using Stromboli.Podman.Tests.Engines;

namespace Stromboli.Podman.Tests;

/// <summary>What a registry is shown when the node's own user has logged in to it.</summary>
public sealed class RegistryCredentialTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [PodmanNodeFact]
    public async Task Pull_NodeHasALogin_IsNotShownIt()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var service = await ServiceAsync(registry.Address);
        var image = registry.Address + "/team/agent:1";

        // What Podman does by itself: the test would else prove nothing.
        using (var transport = new PodmanTransport(service.Socket, TimeProvider.System))
        using (var plain = await transport.OpenAsync(PodmanRequest.Post("images/pull?reference=" + Uri.EscapeDataString(image)), None))
        {
            await plain.Content.ReadAsStringAsync();
        }

        Assert.Contains(Basic("node", "own-password"), registry.TakeShown());

        await Assert.ThrowsAsync<PodmanException>(() => service.Client.Images.PullAsync(image, "always", null, null, None));
        var anonymous = registry.TakeShown();
        Assert.NotEmpty(anonymous);
        Assert.All(anonymous, a => Assert.Contains(a, new[] { "", Basic("", "") }));

        var credential = new RegistryCredential("tenant", "theirs");
        await Assert.ThrowsAsync<PodmanException>(() => service.Client.Images.PullAsync(image, "always", credential, null, None));
        var shown = registry.TakeShown();
        Assert.Contains(Basic("tenant", "theirs"), shown);
        Assert.DoesNotContain(Basic("node", "own-password"), shown);
    }

    private static string Basic(string user, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));

    /// <summary>A service whose user has logged in to the registry, which speaks no TLS.</summary>
    private async Task<PodmanServiceProcess> ServiceAsync(string registry)
    {
        var directory = podman.NewDirectory((UnixFileMode)0b111_101_101);
        var auth = podman.Real.Node!.OutsideOf("/home/node/.config/containers/auth.json");
        var registries = Path.Combine(directory, "registries.conf");
        var login = new
        {
            auths = new Dictionary<string, object> { [registry] = new { auth = Basic("node", "own-password")["Basic ".Length..] } },
        };
        Directory.CreateDirectory(Path.GetDirectoryName(auth)!);
        await File.WriteAllTextAsync(auth, JsonSerializer.Serialize(login));
        await File.WriteAllTextAsync(registries, $"[[registry]]\nlocation = \"{registry}\"\ninsecure = true\n");
        podman.Own(directory);
        podman.Own(podman.Real.Node.OutsideOf("/home/node/.config"));
        return await PodmanServiceProcess.StartAsync(podman.Real.Node, "CONTAINERS_REGISTRIES_CONF=" + registries);
    }
}
