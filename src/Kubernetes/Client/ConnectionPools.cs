using System.Net.Http.Headers;

namespace Stromboli.Kubernetes;

/// <summary>
/// The connections to the API server. When the authorities that we trust or our own certificate change, a new pool takes all new requests.
/// The connections of the old pool close as soon as their last request has its answer; its watches are told to end, and go on in the new
/// pool.
/// </summary>
internal sealed class ConnectionPools(KubeConfig config, TlsFiles files, string userAgent) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionPool> _retired = [];
    private ConnectionPool? _current;
    private bool _disposed;

    /// <summary>
    /// The pool for a request with this credential. It must come back when the answer's headers are there, or when none will come.
    /// </summary>
    /// <exception cref="KubeConfigException">The files of certificates cannot be used.</exception>
    public ConnectionPool Rent(Credential credential)
    {
        ConnectionPool? replaced = null;
        ConnectionPool rented;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var identity = files.Read();
            // A request whose credential was replaced a moment ago must not bring the old certificate back.
            var certificate = _current?.Number > credential.Number ? _current.Certificate : credential.Certificate ?? identity.Certificate;
            if (_current is null || !_current.Fits(identity, certificate))
            {
                replaced = _current;
                _current = new(identity, certificate, NewClient(identity, certificate));
                Retire(replaced);
            }

            _current.Number = Math.Max(_current.Number, credential.Number);
            _current.Requests++;
            rented = _current;
        }

        replaced?.EndWatches();
        return rented;
    }

    /// <summary>Takes a pool back.</summary>
    public void Return(ConnectionPool pool)
    {
        lock (_lock)
        {
            pool.Requests--;
            if (pool.Requests == 0 && _retired.Remove(pool))
            {
                pool.Dispose();
            }
        }
    }

    /// <summary>After a handshake that failed: the next request reads the files of certificates again at once.</summary>
    public void SuspectFiles()
    {
        lock (_lock)
        {
            files.Suspect();
        }
    }

    /// <summary>Closes all connections. Requests under way fail.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _current?.Dispose();
            foreach (var pool in _retired)
            {
                pool.Dispose();
            }

            _current = null;
            _retired.Clear();
        }
    }

    private void Retire(ConnectionPool? pool)
    {
        if (pool is { Requests: 0 })
        {
            pool.Dispose();
        }
        else if (pool is not null)
        {
            _retired.Add(pool);
        }
    }

    private HttpClient NewClient(TlsIdentity identity, ClientCertificate? certificate)
    {
        var client = new HttpClient(HttpHandlers.Create(config, identity.Authorities, certificate))
        {
            BaseAddress = config.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return client;
    }
}

/// <summary>
/// The connections that trust the same authorities and present the same certificate. Guarded by the lock of its <see
/// cref="ConnectionPools"/>.
/// </summary>
internal sealed class ConnectionPool(TlsIdentity identity, ClientCertificate? certificate, HttpClient http) : IDisposable
{
    private readonly CancellationTokenSource _retired = new();

    /// <summary>What requests are sent with.</summary>
    public HttpClient Http => http;

    /// <summary>The certificate that its connections present.</summary>
    public ClientCertificate? Certificate => certificate;

    /// <summary>Cancelled when a newer pool takes over.</summary>
    public CancellationToken Retired => _retired.Token;

    /// <summary>Number of the newest credential that it was rented for.</summary>
    public long Number { get; set; }

    /// <summary>How many requests wait for an answer.</summary>
    public int Requests { get; set; }

    /// <summary>Whether it trusts and presents the same certificates.</summary>
    public bool Fits(TlsIdentity other, ClientCertificate? otherCertificate) =>
        identity.AuthoritiesFingerprint == other.AuthoritiesFingerprint && certificate?.Fingerprint == otherCertificate?.Fingerprint;

    /// <summary>Cancels <see cref="Retired"/>.</summary>
    public void EndWatches() => _retired.Cancel();

    /// <summary>Closes the connections that are idle at once, and the others when their answers have been read.</summary>
    public void Dispose() => http.Dispose();
}
