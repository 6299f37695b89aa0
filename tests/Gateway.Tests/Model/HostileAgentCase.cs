using Stromboli.Gateway.Tests.Harness;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>A gateway with short timeouts.</summary>
public abstract class HostileAgentCase : IAsyncLifetime
{
    private protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private protected GatewayHarness Harness { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Harness = await GatewayHarness.StartAsync(options =>
            options with
            {
                AdmissionWait = TimeSpan.FromMilliseconds(300),
                Drain = TimeSpan.FromSeconds(3),
                LargestBody = 2 * 1024 * 1024,
            }
        );

    public async ValueTask DisposeAsync()
    {
        await Harness.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
