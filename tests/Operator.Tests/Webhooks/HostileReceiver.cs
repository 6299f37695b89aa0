using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Operator.Tests.Webhooks;

/// <summary>A receiver whose test writes each byte of its answer, for what no well-behaved server does.</summary>
internal sealed class HostileReceiver : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<IDisposable> _open = [];

    public HostileReceiver()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=receiver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        Certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _listener.Start();
    }

    /// <summary>Its certificate, which is its own authority.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Its address.</summary>
    public Uri Url => new($"https://{_listener.LocalEndpoint}/hook");

    /// <summary>The head of the last request.</summary>
    public string Head { get; private set; } = "";

    /// <summary>Accepts the next connection, and does nothing with it.</summary>
    public async Task<NetworkStream> AcceptAsync(CancellationToken cancellationToken)
    {
        var client = await _listener.AcceptTcpClientAsync(cancellationToken);
        _open.Add(client);
        return client.GetStream();
    }

    /// <summary>Accepts the next connection and reads a whole request.</summary>
    /// <returns>The connection. The test writes the answer.</returns>
    public async Task<SslStream> ReceiveAsync(CancellationToken cancellationToken)
    {
        var tls = new SslStream(await AcceptAsync(cancellationToken));
        _open.Add(tls);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, cancellationToken);
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await tls.ReadExactlyAsync(one, cancellationToken);
            head.Append((char)one[0]);
        }

        Head = head.ToString();
        const string length = "Content-Length: ";
        var line = Head.Split("\r\n").Single(line => line.StartsWith(length, StringComparison.Ordinal));
        await tls.ReadExactlyAsync(new byte[int.Parse(line[length.Length..], CultureInfo.InvariantCulture)], cancellationToken);
        return tls;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var open in Enumerable.Reverse(_open))
        {
            open.Dispose();
        }

        Certificate.Dispose();
    }
}
