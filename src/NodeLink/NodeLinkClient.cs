using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Stromboli.NodeLink.Messages;

namespace Stromboli.NodeLink;

/// <summary>Connects a bridge to an operator.</summary>
public static class NodeLinkClient
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Opens a link. TLS trusts only the given authorities and verifies the host name. Proxies and redirects are not used.
    /// </summary>
    /// <param name="operatorAddress">The operator's <c>https</c> address. The protocol's path replaces its path.</param>
    /// <param name="node">The name of the bridge's AgentNode.</param>
    /// <param name="token">A ServiceAccount token for the audience <see cref="NodeLinkProtocol.Audience"/>.</param>
    /// <param name="authorities">The certificates to trust. Those of the machine are not trusted.</param>
    /// <param name="cancellationToken">Cancels the attempt to connect, which also ends after 15 s.</param>
    /// <param name="limits">The limits of the channel; null for the default ones.</param>
    /// <param name="clock">The clock of the timeouts; null for the system's.</param>
    /// <returns>A channel on which nothing has been sent. The caller disposes it.</returns>
    /// <exception cref="NodeLinkRefusedException">The operator refused, with its reason.</exception>
    /// <exception cref="NodeLinkUnreachableException">No operator could be reached.</exception>
    public static async Task<MessageChannel<BridgeMessage, OperatorMessage>> ConnectAsync(
        Uri operatorAddress,
        string node,
        string token,
        X509Certificate2Collection authorities,
        CancellationToken cancellationToken,
        ChannelLimits? limits = null,
        TimeProvider? clock = null
    )
    {
        ArgumentNullException.ThrowIfNull(operatorAddress);
        ArgumentNullException.ThrowIfNull(authorities);
        if (!operatorAddress.IsAbsoluteUri || operatorAddress.Scheme is not ("https" or "wss"))
        {
            throw new ArgumentException("The operator's address must begin with https://.", nameof(operatorAddress));
        }

        limits ??= ChannelLimits.Default;
        clock ??= TimeProvider.System;
        var target = new UriBuilder("wss", operatorAddress.Host, operatorAddress.Port, NodeLinkProtocol.Path)
        {
            Query = $"node={Uri.EscapeDataString(node)}",
        }.Uri;
        var invoker = new HttpMessageInvoker(new RefusalHandler(CreateHandler(authorities)));
        var socket = CreateSocket(token, limits);
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            timeout.CancelAfter(ConnectTimeout);
            await socket.ConnectAsync(target, invoker, timeout.Token);
            return NodeLinkChannel.ForBridge(socket, clock, limits, invoker);
        }
        catch (Exception e)
        {
            socket.Dispose();
            invoker.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Translate(e, operatorAddress);
        }
    }

    private static ClientWebSocket CreateSocket(string token, ChannelLimits limits)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.KeepAliveInterval = limits.KeepAliveInterval;
        socket.Options.KeepAliveTimeout = limits.KeepAliveTimeout;
        return socket;
    }

    internal static SocketsHttpHandler CreateHandler(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = ConnectTimeout,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = policy,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
        };
    }

    private static Exception Translate(Exception error, Uri address)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case NodeLinkRefusedException or NodeLinkUnreachableException:
                    return e;
                case AuthenticationException:
                    return new NodeLinkUnreachableException($"The certificate of {address.Authority} is not trusted: {e.Message}", error);
                default:
                    break;
            }
        }

        var cause = error is OperationCanceledException ? "it did not answer in time" : error.GetBaseException().Message;
        return new NodeLinkUnreachableException($"{address.Authority} could not be reached: {cause}", error);
    }
}
