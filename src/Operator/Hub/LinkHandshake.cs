using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Hub;

/// <summary>The first exchange of a link: the bridge says Hello, and the operator answers with Welcome or a refusal.</summary>
internal sealed class LinkHandshake(ILeadership leadership, IEpochVerifier verifier, HubOptions options, TimeProvider clock)
{
    /// <summary>Receives the Hello and checks its form.</summary>
    /// <exception cref="ChannelEndedException">The bridge sent nothing in time, or its connection ended.</exception>
    /// <exception cref="LinkRefusedException">The first message is not a valid Hello.</exception>
    public async Task<Hello> ReceiveAsync(MessageChannel<OperatorMessage, BridgeMessage> channel, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.HelloTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        BridgeMessage first;
        try
        {
            first = await channel.ReceiveAsync(either.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new ChannelEndedException(ChannelEndReason.Closed, "The bridge did not send a Hello in time.");
        }

        return first is Hello { Facts: not null } hello && (hello.Observed ?? []).All(HelloRules.IsSound)
            ? hello
            : throw new LinkRefusedException(RefusalReason.ProtocolError, "The first message must be a valid Hello.");
    }

    /// <summary>Returns why the Hello is refused, or null if it is accepted.</summary>
    public LinkRefusal? Check(Hello hello, string node, string installation) =>
        HelloRules.Check(hello, node, installation, leadership.Epoch);

    /// <summary>Checks after a refusal whether another operator leads, if that was the reason.</summary>
    public Task RefusedAsync(Hello hello, LinkRefusal refusal, CancellationToken cancellationToken) =>
        refusal.Reason == RefusalReason.StaleEpoch ? verifier.VerifyAsync(hello.SeenEpoch, cancellationToken) : Task.CompletedTask;

    /// <summary>Returns the answer to an accepted Hello.</summary>
    public Welcome Welcome(string installation) =>
        new()
        {
            Epoch = leadership.Epoch,
            Installation = installation,
            Prices = options.Prices,
            ServerTools = options.ServerTools,
        };
}
