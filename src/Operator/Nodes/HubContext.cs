namespace Stromboli.Operator.Nodes;

/// <summary>What every link of a hub works with.</summary>
internal sealed record HubContext
{
    /// <summary>Whether this operator leads.</summary>
    public required ILeadership Leadership { get; init; }

    /// <summary>Told of bridges that have seen a later leader.</summary>
    public required IEpochWitness Witness { get; init; }

    /// <summary>What is wanted on a node. Lazy, because the runs in turn know the hub.</summary>
    public required Lazy<IDesiredAttempts> Desired { get; init; }

    /// <summary>Where reports go. Lazy, as above.</summary>
    public required Lazy<IObservationSink> Sink { get; init; }

    /// <summary>The nodes.</summary>
    public required NodeRegistry Registry { get; init; }

    /// <summary>Who may have a link.</summary>
    public required ILinkAuthorizer Authorizer { get; init; }

    /// <summary>Decides which tokens the API server is asked about.</summary>
    public required LinkGate Gate { get; init; }

    /// <summary>The settings.</summary>
    public required HubSettings Settings { get; init; }

    /// <summary>What is counted.</summary>
    public required HubMetrics Metrics { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>For the logs of hub and links.</summary>
    public required ILoggerFactory Loggers { get; init; }
}
