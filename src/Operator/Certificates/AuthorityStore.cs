using System.Security.Cryptography;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Certificates;

/// <summary>
/// Stores the authorities in the Secret <c>stromboli-ca</c> and publishes the trusted certificates in the ConfigMap of that name. Every
/// replica does this. Each write is a compare-and-swap, and the replica that comes second reads again.
/// </summary>
internal sealed class AuthorityStore
{
    /// <summary>The name of the Secret and the ConfigMap.</summary>
    public const string Name = "stromboli-ca";

    private const int Tries = 5;

    private readonly KubeClient _client;
    private readonly NamespacedName _key;
    private readonly TimeProvider _clock;

    public AuthorityStore(ReplicaClient replica, TimeProvider clock)
    {
        _client = replica.Client;
        _key = new NamespacedName(replica.Namespace, Name);
        _clock = clock;
    }

    /// <summary>Reads the authorities, makes them if there are none, advances their rotation, and publishes them.</summary>
    /// <exception cref="ApiException">The API server refused or did not answer.</exception>
    /// <exception cref="CryptographicException">
    /// The Secret is not valid. It is not replaced, because every bridge would have to join again.
    /// </exception>
    public async Task<AuthorityBundle> LoadAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var bundle = await LoadOnceAsync(cancellationToken);
                await PublishAsync(bundle.TrustedPem, cancellationToken);
                return bundle;
            }
            catch (ApiException e) when ((e.IsConflict || e.IsAlreadyExists) && attempt < Tries)
            {
                // Another replica was faster. Its result is as good.
            }
        }
    }

    private async Task<AuthorityBundle> LoadOnceAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if (await _client.TryGetAsync(BuiltIn.Secrets, _key, cancellationToken) is not { } stored)
        {
            var made = AuthorityBundle.Create(now);
            var secret = new Secret
            {
                Metadata = Metadata(),
                Type = "Opaque",
                Data = made.ToSecret(),
            };
            await _client.CreateAsync(BuiltIn.Secrets, secret, cancellationToken: cancellationToken);
            return made;
        }

        var bundle = AuthorityBundle.FromSecret(stored.Data ?? []);
        var advanced = AuthorityRotation.Advance(bundle, now);
        if (advanced != bundle)
        {
            await _client.ReplaceAsync(BuiltIn.Secrets, stored with { Data = advanced.ToSecret() }, cancellationToken: cancellationToken);
        }

        return advanced;
    }

    private async Task PublishAsync(string pem, CancellationToken cancellationToken)
    {
        var data = new Dictionary<string, string> { [AuthorityBundle.TrustedKey] = pem };
        if (await _client.TryGetAsync(BuiltIn.ConfigMaps, _key, cancellationToken) is not { } stored)
        {
            await _client.CreateAsync(
                BuiltIn.ConfigMaps,
                new ConfigMap { Metadata = Metadata(), Data = data },
                cancellationToken: cancellationToken
            );
        }
        else if (stored.Data?.GetValueOrDefault(AuthorityBundle.TrustedKey) != pem)
        {
            await _client.ReplaceAsync(BuiltIn.ConfigMaps, stored with { Data = data }, cancellationToken: cancellationToken);
        }
    }

    private ObjectMeta Metadata() =>
        new()
        {
            Namespace = _key.Namespace,
            Name = _key.Name,
            Labels = new() { ["app.kubernetes.io/name"] = "stromboli", ["app.kubernetes.io/managed-by"] = "stromboli-operator" },
        };
}
