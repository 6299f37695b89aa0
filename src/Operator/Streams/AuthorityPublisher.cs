using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams;

/// <summary>
/// Keeps <c>spec.caBundle</c> of the APIService equal to the trusted authorities. The APIService itself belongs to the installation's
/// manifests: the operator never creates it, because one that outlives the operator blocks the deletion of every namespace.
/// </summary>
internal sealed partial class AuthorityPublisher
{
    /// <summary>Owns <c>spec.caBundle</c> and nothing else.</summary>
    public const string FieldManager = "stromboli-operator-streams";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private readonly KubeClient _client;
    private readonly TrustedAuthorities _authorities;
    private readonly Informer<APIService> _informer;
    private readonly TimeProvider _clock;
    private readonly ILogger<AuthorityPublisher> _logger;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    public AuthorityPublisher(
        KubeClient client,
        TrustedAuthorities authorities,
        TimeProvider clock,
        ILogger<AuthorityPublisher> logger,
        ILogger<Informer<APIService>> informerLogger
    )
    {
        _client = client;
        _authorities = authorities;
        _clock = clock;
        _logger = logger;
        _informer = new Informer<APIService>(
            client,
            BuiltIn.APIServices,
            new InformerOptions<APIService> { FieldSelector = $"metadata.name={StreamsApi.ServiceName}" },
            clock,
            informerLogger
        );
        _informer.OnChange(_ => _changes.Writer.TryWrite(true));
        authorities.Changed += () => _changes.Writer.TryWrite(true);
    }

    /// <summary>Watches the APIService until it is cancelled.</summary>
    public Task WatchAsync(CancellationToken cancellationToken) => _informer.RunAsync(cancellationToken);

    /// <summary>Publishes after each change until it is cancelled.</summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _changes.Reader.ReadAsync(cancellationToken);
            while (!await TryApplyAsync(cancellationToken))
            {
                await Task.Delay(Retry, _clock, cancellationToken);
            }
        }
    }

    private async Task<bool> TryApplyAsync(CancellationToken cancellationToken)
    {
        var service = _informer.Store.Get(NamespacedName.Cluster(StreamsApi.ServiceName));
        if (service is null || _authorities.Pem is not { } pem || Published(service) == pem)
        {
            return true;
        }

        try
        {
            // A merge patch creates nothing. An API server up to 1.20 panics when an APIService is applied. The UID makes it a conflict if
            // the APIService is another one by now.
            JsonObject patch = new()
            {
                ["metadata"] = new JsonObject { ["uid"] = service.Metadata.Uid },
                ["spec"] = new JsonObject { ["caBundle"] = Convert.ToBase64String(Encoding.ASCII.GetBytes(pem)) },
            };
            var key = NamespacedName.Cluster(StreamsApi.ServiceName);
            _informer.Store.Observe(
                await _client.MergePatchAsync(
                    BuiltIn.APIServices,
                    key,
                    patch,
                    fieldManager: FieldManager,
                    cancellationToken: cancellationToken
                )
            );
            Log.Published(_logger, StreamsApi.ServiceName);
            return true;
        }
        catch (ApiException e) when (e.IsNotFound)
        {
            return true;
        }
        catch (Exception e) when (e is ApiException or KubeConfigException)
        {
            Log.NotPublished(_logger, StreamsApi.ServiceName, e.Message);
            return false;
        }
    }

    private static string Published(APIService service) => Encoding.ASCII.GetString(service.Spec.CaBundle ?? []);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Published the certificate authority in APIService {Name}")]
        public static partial void Published(ILogger logger, string name);

        [LoggerMessage(LogLevel.Warning, "Cannot publish the certificate authority in APIService {Name}; trying again: {Message}")]
        public static partial void NotPublished(ILogger logger, string name, string message);
    }
}
