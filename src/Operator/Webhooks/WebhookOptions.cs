using System.Net;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Egress;

namespace Stromboli.Operator.Webhooks;

/// <summary>The options of webhooks.</summary>
internal sealed record WebhookOptions
{
    /// <summary>The hosts that webhooks may name.</summary>
    public HostList Hosts { get; init; } = HostList.None;

    /// <summary>Loopback and private networks in which these hosts may be.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Authorities that receivers' certificates may come from, in addition to those of the system.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>When attempts are made.</summary>
    public WebhookSchedule Schedule { get; init; } = WebhookSchedule.Default;

    /// <summary>How long a receiver may take to answer, including the connection.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How many requests are under way at one time.</summary>
    public int Concurrency { get; init; } = 128;

    /// <summary>How many of these may go to one host and port.</summary>
    public int HostConcurrency { get; init; } = 32;

    /// <summary>How many of these may be for one namespace. A slow receiver leaves the rest to other namespaces.</summary>
    public int ReceiverConcurrency { get; init; } = 8;

    /// <summary>How many deliveries to one receiver wait in memory. The others wait in the status of their runs.</summary>
    public int ReceiverQueue { get; init; } = 1000;

    /// <summary>How many deliveries wait in memory in all.</summary>
    public int Queue { get; init; } = 20000;
}
