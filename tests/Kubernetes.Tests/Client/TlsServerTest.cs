using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Client;

/// <summary>A test with a TLS server that accepts any client certificate, and tells which it got on which connection.</summary>
public abstract class TlsServerTest : IAsyncLifetime
{
    private readonly CancellationTokenSource _end = new(TimeSpan.FromSeconds(60));
    private int _connections;

    private protected static NamespacedName A => new("ns", "a");

    private protected X509Certificate2 Ca { get; } = TestCertificates.Authority();

    /// <summary>Certificate of the server on new connections.</summary>
    private protected X509Certificate2 Serving { get; set; } = null!;

    private protected FakeApiServer Server { get; private set; } = null!;

    private protected Uri Address => new($"https://127.0.0.1:{Server.Address.Port}");

    private protected ManualTimeProvider Clock { get; } = new();

    /// <summary>The client certificate, protocol and connection of each request.</summary>
    private protected ConcurrentQueue<(string? Subject, string Protocol, string Connection)> Seen { get; } = [];

    private protected int OpenConnections => Volatile.Read(ref _connections);

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("stromboli-tls").FullName;

    private protected CancellationToken End => _end.Token;

    public async ValueTask InitializeAsync()
    {
        Serving = TestCertificates.Issue(Ca, "localhost");
        Server = await FakeApiServer.StartAsync(kestrel: options =>
            options.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                {
                    listen.Use(next =>
                        async connection =>
                        {
                            Interlocked.Increment(ref _connections);
                            try
                            {
                                await next(connection);
                            }
                            finally
                            {
                                Interlocked.Decrement(ref _connections);
                            }
                        }
                    );
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificateSelector = (_, _) => Serving;
                        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                        https.AllowAnyClientCertificate();
                    });
                }
            )
        );
        Server.Intercept = (context, _) =>
        {
            Seen.Enqueue((context.Connection.ClientCertificate?.Subject, context.Request.Protocol, context.Connection.Id));
            return Task.FromResult(false);
        };
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
        _end.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private protected KubeClient NewClient(KubeConfig config) => new(config, new() { MaxRetries = 0 }, config.Clock);

    private protected string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
