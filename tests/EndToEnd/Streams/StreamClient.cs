using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Streams;

/// <summary>Reads streams byte by byte as they come, from the API server or from an operator.</summary>
internal sealed class StreamClient : IDisposable
{
    private readonly HttpClient _client;

    private StreamClient(Uri address, SslClientAuthenticationOptions tls) =>
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = tls })
        {
            BaseAddress = address,
            Timeout = Timeout.InfiniteTimeSpan,
        };

    /// <summary>Reads from the API server with a token.</summary>
    public static StreamClient OfApiServer(Uri address, string authorityFile, string token)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(authorityFile) },
        };
        var client = new StreamClient(address, new SslClientAuthenticationOptions { CertificateChainPolicy = policy });
        client._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>Reads from an operator's own port, with or without a client certificate.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "The case is about who the operator trusts, not about whom the client trusts.")]
    public static StreamClient OfOperator(int port, X509Certificate2? certificate) =>
        new(
            new UriBuilder("https", "127.0.0.1", port).Uri,
            new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
                ClientCertificates = certificate is null ? null : [certificate],
            }
        );

    /// <summary>Sends a GET and returns its answer when the headers are there.</summary>
    public async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await _client
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken)
            .WaitAsync(Poll.Timeout, TestContext.Current.CancellationToken);
    }

    /// <summary>Reads exactly this text from an answer, and nothing behind it.</summary>
    public static async Task ExpectAsync(Stream body, string text)
    {
        var expected = Encoding.UTF8.GetBytes(text);
        var read = new byte[expected.Length];
        await body.ReadExactlyAsync(read, TestContext.Current.CancellationToken)
            .AsTask()
            .WaitAsync(Poll.Timeout, TestContext.Current.CancellationToken);
        Assert.Equal(text, Encoding.UTF8.GetString(read));
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();
}
