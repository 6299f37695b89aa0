using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>The election's four requests. Each write is a compare-and-swap.</summary>
internal sealed class LeaseStore(KubeClient client, LeaderElectionOptions options, TimeProvider clock)
{
    // A new Lease must not begin below the epochs of a deleted one, since bridges refuse those. The holder changes less than once a second,
    // so the seconds since this time are always higher. They fit the field until 2092.
    private static readonly DateTimeOffset EpochZero = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public async Task<Lease?> ReadAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await client.ElectionAsync(HttpMethod.Get, "get", options.Lease, null, timeout, cancellationToken);
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return null;
        }
    }

    public Task<Lease> CreateAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var lease = new Lease
        {
            Metadata = Annotated(new() { Namespace = options.Lease.Namespace, Name = options.Lease.Name }),
            Spec = Held(now, now, (int)Math.Clamp((now - EpochZero).TotalSeconds, 0, int.MaxValue)),
        };
        return client.ElectionAsync(HttpMethod.Post, "create", options.Lease, lease, timeout, cancellationToken);
    }

    public Task<Lease> TakeAsync(Lease stored, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var taken = stored with { Metadata = Annotated(stored.Metadata) };
        return UpdateAsync(taken, Held(now, now, (stored.Spec.LeaseTransitions ?? 0) + 1), timeout, cancellationToken);
    }

    public Task<Lease> RenewAsync(Lease held, TimeSpan timeout, CancellationToken cancellationToken) =>
        UpdateAsync(held, held.Spec with { RenewTime = clock.GetUtcNow() }, timeout, cancellationToken);

    public Task<Lease> ReleaseAsync(Lease held, TimeSpan timeout, CancellationToken cancellationToken) =>
        UpdateAsync(
            held,
            held.Spec with
            {
                HolderIdentity = "",
                LeaseDurationSeconds = 1,
                RenewTime = clock.GetUtcNow(),
            },
            timeout,
            cancellationToken
        );

    private LeaseSpec Held(DateTimeOffset acquired, DateTimeOffset renewed, int transitions) =>
        new()
        {
            HolderIdentity = options.Identity,
            LeaseDurationSeconds = (int)Math.Max(1, Math.Ceiling(options.LeaseDuration.TotalSeconds)),
            AcquireTime = acquired,
            RenewTime = renewed,
            LeaseTransitions = transitions,
        };

    private ObjectMeta Annotated(ObjectMeta metadata)
    {
        if (options.Annotations.Count == 0)
        {
            return metadata;
        }

        Dictionary<string, string> annotations = new(metadata.Annotations ?? []);
        foreach (var (key, value) in options.Annotations)
        {
            annotations[key] = value;
        }

        return metadata with
        {
            Annotations = annotations,
        };
    }

    private Task<Lease> UpdateAsync(Lease stored, LeaseSpec spec, TimeSpan timeout, CancellationToken cancellationToken) =>
        client.ElectionAsync(HttpMethod.Put, "update", options.Lease, stored with { Spec = spec }, timeout, cancellationToken);
}
