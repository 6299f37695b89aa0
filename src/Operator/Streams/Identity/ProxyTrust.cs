using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Streams.Identity;

/// <summary>Watches which proxies the API server lets name users. Every replica does, because their authority may change.</summary>
internal sealed partial class ProxyTrust : BackgroundService
{
    private const string Namespace = "kube-system";
    private const string Name = "extension-apiserver-authentication";

    private readonly Informer<ConfigMap> _informer;
    private readonly ILogger<ProxyTrust> _logger;
    private volatile RequestHeaderConfig? _current;

    public ProxyTrust(ReplicaClient replica, TimeProvider clock, ILogger<ProxyTrust> logger, ILogger<Informer<ConfigMap>> informerLogger)
    {
        _logger = logger;
        _informer = new Informer<ConfigMap>(
            replica.Client,
            BuiltIn.ConfigMaps,
            new InformerOptions<ConfigMap> { Namespace = Namespace, FieldSelector = $"metadata.name={Name}" },
            clock,
            informerLogger
        );
        _informer.OnChange(change => Take(change.New));
    }

    /// <summary>The proxies that may name users; null while none may or the ConfigMap has not been read.</summary>
    public RequestHeaderConfig? Current => _current;

    /// <summary>Whether the ConfigMap has been read.</summary>
    public bool HasSynced => _informer.HasSynced;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _informer.RunAsync(stoppingToken);

    private void Take(ConfigMap? map)
    {
        if (map is null)
        {
            _current = null;
            return;
        }

        (_current, var problem) = RequestHeaderConfig.Read(map);
        if (problem is not null)
        {
            Log.Unusable(_logger, Namespace, Name, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Streams are refused: the ConfigMap {Namespace}/{Name} cannot be used: {Problem}")]
        public static partial void Unusable(ILogger logger, string @namespace, string name, string problem);
    }
}
