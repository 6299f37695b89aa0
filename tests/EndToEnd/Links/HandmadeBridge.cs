using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Stromboli.EndToEnd.Harness;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Links;

/// <summary>A bridge that the case controls: it speaks the node link and has no node.</summary>
internal sealed class HandmadeBridge(MessageChannel<BridgeMessage, OperatorMessage> channel) : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = Poll.Timeout;

    /// <summary>Dials the operator of a case.</summary>
    /// <exception cref="NodeLinkRefusedException">The operator refused the connection.</exception>
    public static async Task<HandmadeBridge> DialAsync(Scene scene, string node, string token)
    {
        var published = await scene.Stack.Http.GetAsync($"/api/v1/namespaces/{OperatorProcess.Namespace}/configmaps/stromboli-ca");
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(published!["data"]!["ca.crt"]!.ToString());
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{scene.Stack.Operator.HubPort}"));
        return new HandmadeBridge(
            await NodeLinkClient.ConnectAsync(address, node, token, authorities, TestContext.Current.CancellationToken)
        );
    }

    /// <summary>Sends a Hello for a node that takes no runs, and the attempts that it observes.</summary>
    public void Hello(string node, params AttemptObservation[] observed)
    {
        channel.TrySend(
            new Hello
            {
                Schema = NodeLinkProtocol.Schema,
                Node = node,
                SeenEpoch = 0,
                Facts = new NodeFacts { BridgeVersion = "0.0.0", MaxRuns = 0 },
            }
        );
        channel.TrySend(new ObservedSnapshot { Attempts = observed, Complete = true });
    }

    /// <summary>Reports an attempt.</summary>
    public void Report(AttemptObservation observation) => channel.TrySend(new Observed { Attempt = observation });

    /// <summary>Sends a ping and waits for the answer. The operator has received everything sent before by then.</summary>
    /// <returns>The messages that came before the answer.</returns>
    public async Task<IReadOnlyList<OperatorMessage>> PingAsync(long id)
    {
        channel.TrySend(new Ping { PingID = id });
        List<OperatorMessage> before = [];
        while (await ReceiveAsync() is var message && message is not LeaseGrant)
        {
            before.Add(message);
        }

        return before;
    }

    /// <summary>Receives the next message.</summary>
    public async Task<OperatorMessage> ReceiveAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        return await channel.ReceiveAsync(deadline.Token);
    }

    /// <summary>Receives the next message of a kind, skipping others.</summary>
    public async Task<T> ReceiveAsync<T>()
        where T : OperatorMessage
    {
        while (true)
        {
            if (await ReceiveAsync() is T message)
            {
                return message;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => channel.DisposeAsync();
}
