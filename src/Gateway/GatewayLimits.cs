namespace Stromboli.Gateway;

/// <summary>The bounds of a request to a gateway.</summary>
/// <param name="BodyBytes">The largest body, in bytes.</param>
/// <param name="HeaderBytes">All headers together, in bytes.</param>
internal readonly record struct GatewayLimits(int BodyBytes, int HeaderBytes);
