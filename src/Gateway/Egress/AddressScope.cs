namespace Stromboli.Gateway.Egress;

/// <summary>Who named the target of a connection.</summary>
internal enum AddressScope
{
    /// <summary>A tenant: public unicast addresses only.</summary>
    Public,

    /// <summary>The operator's own configuration: loopback and private networks too, link-local and metadata addresses never.</summary>
    OperatorConfigured,
}
