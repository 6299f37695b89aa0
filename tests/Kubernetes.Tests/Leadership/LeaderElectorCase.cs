using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Leadership;

public abstract class LeaderElectorCase : ApiServerTest
{
    private protected static readonly NamespacedName LeaseName = new("ns", "leader");

    private protected ManualTimeProvider Clock { get; } = new();

    private protected static LeaderElectionOptions Options(string identity) => new() { Lease = LeaseName, Identity = identity };

    private protected LeaderElector Elector(string identity) => new(Client, Options(identity), Clock);

    private protected async Task PutLeaseAsync(string holder, int transitions, DateTimeOffset? renewed = null)
    {
        var stored = await Client.TryGetAsync(BuiltIn.Leases, LeaseName, End);
        var lease = (
            stored
            ?? new()
            {
                Metadata = new() { Namespace = "ns", Name = "leader" },
            }
        ) with
        {
            Spec = new()
            {
                HolderIdentity = holder,
                LeaseDurationSeconds = 15,
                LeaseTransitions = transitions,
                RenewTime = renewed ?? Clock.GetUtcNow(),
            },
        };
        if (stored is null)
        {
            await Client.CreateAsync(BuiltIn.Leases, lease, cancellationToken: End);
        }
        else
        {
            await Client.ReplaceAsync(
                BuiltIn.Leases,
                lease with
                {
                    Metadata = lease.Metadata with { ResourceVersion = null },
                },
                cancellationToken: End
            );
        }
    }

    /// <summary>Lets a waiting candidate read the Lease once more.</summary>
    private protected Task RetryAsync() => AfterAsync("GET");

    /// <summary>Lets the leader renew once.</summary>
    private protected Task RenewAsync() => AfterAsync("PUT");

    private async Task AfterAsync(string method)
    {
        var before = Server.Requests.Count(r => r.Method == method);
        await Eventually.True(() => Clock.ActiveTimers > 0);
        Clock.Advance(TimeSpan.FromSeconds(2.4));
        await Eventually.True(() => Server.Requests.Count(r => r.Method == method) > before);
    }

    private protected async Task<Stromboli.Kubernetes.Leadership> AdvanceUntilAsync(Task<Stromboli.Kubernetes.Leadership> acquiring)
    {
        await Eventually.True(() =>
        {
            if (!acquiring.IsCompleted)
            {
                Clock.Advance(TimeSpan.FromMilliseconds(100));
            }

            return acquiring.IsCompleted;
        });
        return await acquiring;
    }

    private protected Task AdvanceUntilLostAsync(Stromboli.Kubernetes.Leadership leadership) =>
        Eventually.True(() =>
        {
            Clock.Advance(TimeSpan.FromMilliseconds(100));
            return leadership.Lost.IsCancellationRequested;
        });
}
