using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Stromboli.Egress;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Sends signed bodies to receivers over TLS. Each connection goes through the dialer to an address that it has checked. Redirects, cookies
/// and proxies are not used, and the body of an answer is not read.
/// </summary>
internal sealed class WebhookClient : IDisposable
{
    private const int HeaderKilobytes = 16;

    // So much of an answer is skipped to use the connection again. Behind that, it is closed.
    private const int SkippedBytes = 16 * 1024;

    private readonly WebhookOptions _options;
    private readonly Dialer _dialer;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public WebhookClient(WebhookOptions options, TimeProvider clock)
        : this(options, clock, new Dialer(new AddressPolicy([], options.AllowedNetworks), clock)) { }

    internal WebhookClient(WebhookOptions options, TimeProvider clock, Dialer dialer)
    {
        _options = options;
        _dialer = dialer;
        _clock = clock;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Ids of the operator's own traces are not for tenants' receivers.
            ActivityHeadersPropagator = null,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = options.AnswerTimeout,
            MaxConnectionsPerServer = options.HostConcurrency,
            MaxResponseHeadersLength = HeaderKilobytes,
            MaxResponseDrainSize = SkippedBytes,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            // A changed address or certificate is seen soon.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        };
        handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends a body and judges the answer.</summary>
    /// <param name="url">The https address of the receiver.</param>
    /// <param name="signed">What is sent.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async Task<DeliveryResult> PostAsync(Uri url, SignedBody signed, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.AnswerTimeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        using var request = RequestOf(url, signed);
        try
        {
            // The invoker hands the answer on as soon as its headers are there.
            using var answer = await _http.SendAsync(request, either.Token);
            return AnswerRules.Judge(answer.StatusCode, answer.Headers.RetryAfter, _clock.GetUtcNow());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return DeliveryResult.Failure($"The receiver did not answer within {_options.AnswerTimeout.TotalSeconds:0.###} s.");
        }
        catch (HttpRequestException e)
        {
            return DeliveryResult.Failure(SentenceOf(e, url));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage RequestOf(Uri url, SignedBody signed)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(signed.Body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", $"{WebhookBody.MediaType}; charset=utf-8");
        request.Headers.TryAddWithoutValidation("User-Agent", "Stromboli-Webhooks");
        request.Headers.TryAddWithoutValidation("webhook-id", signed.ID);
        request.Headers.TryAddWithoutValidation(
            "webhook-timestamp",
            signed.Time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)
        );
        request.Headers.TryAddWithoutValidation("webhook-signature", signed.Signature);
        return request;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        await _dialer.ConnectAsync(
            new DialTarget(context.DnsEndPoint.Host, context.DnsEndPoint.Port, AddressScope.Public),
            _options.Hosts.Contains,
            cancellationToken
        );

    // No text of the receiver is in these sentences, and no address that a tenant could learn from.
    private static string SentenceOf(HttpRequestException error, Uri url)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case DialException dial:
                    return $"Cannot connect: {dial.Message}.";
                case AuthenticationException:
                    return $"The certificate of {url.Host} is not trusted, or it has no TLS.";
            }
        }

        return error.HttpRequestError switch
        {
            HttpRequestError.ConfigurationLimitExceeded => "The headers of the answer are too large.",
            HttpRequestError.InvalidResponse => "The answer is not valid HTTP.",
            _ => "The connection broke before the receiver answered.",
        };
    }

    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        if (
            errors != SslPolicyErrors.RemoteCertificateChainErrors
            || _options.Authorities.Count == 0
            || certificate is not X509Certificate2 shown
        )
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.CustomTrustStore.AddRange(_options.Authorities);
        own.ChainPolicy.ApplicationPolicy.Add(new("1.3.6.1.5.5.7.3.1"));
        foreach (var element in chain?.ChainElements.Skip(1) ?? [])
        {
            own.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return own.Build(shown);
    }
}

/// <summary>A body with what the headers say of it.</summary>
/// <param name="ID">The ID of the message.</param>
/// <param name="Time">When this attempt is made.</param>
/// <param name="Signature">The signatures.</param>
/// <param name="Body">The body.</param>
internal sealed record SignedBody(string ID, DateTimeOffset Time, string Signature, byte[] Body);
