using Stromboli.Egress;

namespace Stromboli.Gateway.Git;

/// <summary>What the git gateway is made of, and its bounds.</summary>
internal sealed record GitGatewayOptions
{
    /// <summary>The way out.</summary>
    public required Dialer Dialer { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>Where logs go.</summary>
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>The certificate authorities that are trusted.</summary>
    public required GitTrust Trust { get; init; }

    /// <summary>Origins that may have addresses which are not public, as <see cref="GitRemote.OriginOf"/> writes them.</summary>
    public IReadOnlyCollection<string> AllowedOrigins { get; init; } = [];

    /// <summary>Whether the node's lease holds. Asked for each request; while it does not, nothing goes out.</summary>
    public Func<bool> LeaseHolds { get; init; } = static () => true;

    /// <summary>The most bytes that one clone may receive.</summary>
    public long MostBytes { get; init; } = DefaultMostBytes;

    /// <summary>The value of <see cref="MostBytes"/> unless it is set: 10 GiB.</summary>
    public const long DefaultMostBytes = 10L * 1024 * 1024 * 1024;

    /// <summary>The most bytes that one push may send.</summary>
    public long MostPushBytes { get; init; } = DefaultMostPushBytes;

    /// <summary>The value of <see cref="MostPushBytes"/> unless it is set: 1 GiB.</summary>
    public const long DefaultMostPushBytes = 1024L * 1024 * 1024;

    /// <summary>
    /// The most bytes of a refused push that are read and thrown away. git reads the answer to a push only when it has sent all of it.
    /// </summary>
    public long MostDrainedBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>The largest request body of a fetch, in bytes: a list of all that a repository of a hundred thousand refs has.</summary>
    public int LargestBody { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a server may take until its answer begins.</summary>
    public TimeSpan AnswerWait { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long an answer may pause (servers send progress every five seconds), and how long git may pause reading.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(2);
}
