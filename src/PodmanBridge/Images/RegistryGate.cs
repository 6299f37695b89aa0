using Stromboli.Egress;

namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// Decides which registries the engine may contact. Tenants name registries and the engine connects to them, so these connections bypass
/// the <see cref="Dialer"/>. This class applies the same rules to the addresses before the engine is asked.
/// </summary>
/// <param name="dialer">Resolves names and checks addresses.</param>
/// <param name="allowed">Registries that are allowed whatever their addresses: <c>HOST</c> with any port, or <c>HOST:PORT</c>.</param>
internal sealed class RegistryGate(Dialer dialer, IReadOnlyList<string> allowed)
{
    private readonly HashSet<string> _allowed = new(allowed, StringComparer.OrdinalIgnoreCase);

    /// <summary>Checks that the engine may ask the image's registry.</summary>
    /// <exception cref="ImagePullException">The registry is refused. The message names the registry and none of its addresses.</exception>
    public async Task DemandAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        if (_allowed.Contains(reference.Host) || _allowed.Contains(reference.Registry))
        {
            return;
        }

        try
        {
            await dialer.DemandPublicAsync(reference.Host, cancellationToken);
        }
        catch (DialException e)
        {
            throw e.Failure is DialFailure.AddressRefused
                ? Refused(
                    ImagePullFailure.RegistryRefused,
                    $"the registry {reference.Registry} has an address that is not public, and --allow-registry of the node's bridge does not name it",
                    e
                )
                : Refused(
                    ImagePullFailure.Unreachable,
                    $"the registry {reference.Registry} cannot be reached from the node: its name has no address",
                    e
                );
        }

        ImagePullException Refused(ImagePullFailure failure, string why, Exception inner) =>
            new(reference.Name, failure, $"The image '{reference.Name}' could not be pulled: {why}.", inner);
    }
}
