using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Egress;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>What the gateway is made of, and its bounds.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The way out.</summary>
    public required Dialer Dialer { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where logs go.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The operator's prices, as they are when asked.</summary>
    public required Func<IReadOnlyList<ModelPrice>> Prices { get; init; }

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

    /// <summary>The largest request body, in bytes; the API's own limit.</summary>
    public int LargestBody { get; init; } = 32 * 1024 * 1024;
}
