namespace Stromboli.Gateway.Egress;

/// <summary>Where a connection is to go.</summary>
/// <param name="Host">A name or a literal address.</param>
/// <param name="Port">The TCP port.</param>
/// <param name="Scope">Who named it.</param>
internal sealed record DialTarget(string Host, int Port, AddressScope Scope);
