using Stromboli.Egress;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Model;

/// <summary>What the gateway is made of, and its bounds.</summary>
internal sealed record ModelGatewayOptions
{
    /// <summary>The way out.</summary>
    public required Dialer Dialer { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where logs go.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The operator's prices, as they are when asked.</summary>
    public required Func<IReadOnlyList<ModelPrice>> Prices { get; init; }

    /// <summary>The tools at the provider that the operator allows, as they are when asked.</summary>
    public Func<IReadOnlyList<ServerTool>> ServerTools { get; init; } = static () => [];

    /// <summary>Whether the node's lease holds. Asked for each request; while it does not, nothing goes out.</summary>
    public Func<bool> LeaseHolds { get; init; } = static () => true;

    /// <summary>How long a request waits for its run to be admitted.</summary>
    public TimeSpan AdmissionWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an upstream may take until its answer begins. The CLI itself gives up after as long.</summary>
    public TimeSpan AnswerWait { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long an answer may pause, and how long the agent may not read.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an answer is still read after the agent hung up, for its usage.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many requests per second one run may make over a long time, including refused and malformed ones. The CLI does not come close,
    /// because its requests take seconds each.
    /// </summary>
    public int RequestsPerSecond { get; init; } = 20;

    /// <summary>How many requests a run may make at once after a quiet time.</summary>
    public int RequestBurst { get; init; } = 200;

    /// <summary>
    /// How long a request beyond that limit is held before it is refused, so that retrying at once costs the agent more than the bridge.
    /// </summary>
    public TimeSpan RefusalPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The requests that are forwarded at once with one credential; a namespace has at most half of these places.</summary>
    public int PlacesOfACredential { get; init; } = 256;

    /// <summary>The largest request body, in bytes; the API's own limit.</summary>
    public int LargestBody { get; init; } = 32 * 1024 * 1024;
}
