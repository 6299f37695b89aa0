using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// Keeps a <see cref="Store{T}"/> equal to the API server: by a complete list, then a watch from its version, and a new list when that
/// version is too old. It never gives up; without an API server it retries with growing waits.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed partial class Informer<T>
    where T : class, IKubernetesObject
{
    // If the server refuses a watch so often in a row, it may never know the version, as after a restored backup.
    private const int RefusalsBeforeRelist = 3;

    // The size of the objects is unknown, so a list begins with a small page.
    private const int FirstPage = 8;

    private static readonly TimeSpan ShortWatch = TimeSpan.FromSeconds(1);

    private readonly KubeClient _client;
    private readonly ResourceType<T> _type;
    private readonly InformerOptions<T> _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _version;
    private int _failures;
    private int _refusals;

    /// <summary>Makes an informer; nothing happens before <see cref="RunAsync"/>.</summary>
    public Informer(
        KubeClient client,
        ResourceType<T> type,
        InformerOptions<T>? options = null,
        TimeProvider? clock = null,
        ILogger<Informer<T>>? logger = null
    )
    {
        _client = client;
        _type = type;
        _options = options ?? new();
        _clock = clock ?? TimeProvider.System;
        _logger = logger ?? NullLogger<Informer<T>>.Instance;
        Store = new Store<T>(_options.Transform, _logger);
    }

    /// <summary>The known objects.</summary>
    public Store<T> Store { get; }

    internal string? Version => _version;

    /// <summary>Whether the first complete list is in the store.</summary>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <summary>Waits until the first complete list is in the store.</summary>
    public Task WaitForSyncAsync(CancellationToken cancellationToken = default) => _synced.Task.WaitAsync(cancellationToken);

    /// <summary>As <see cref="Store{T}.OnChange"/>.</summary>
    public void OnChange(Action<StoreChange<T>> handler) => Store.OnChange(handler);

    /// <summary>Lists and watches until cancelled, then returns without an exception. Call it once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await StepAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Failed(e);
            }

            if (_failures > 0)
            {
                await Task.Delay(Backoff(), _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task StepAsync(CancellationToken cancellationToken)
    {
        if (_version is null)
        {
            await ListAsync(cancellationToken);
            return;
        }

        var started = _clock.GetTimestamp();
        var before = _version;
        await WatchAsync(cancellationToken);
        _refusals = 0;
        var lasted = _clock.GetElapsedTime(started);
        var nothing = _version == before;
        // Without a backoff, a server that ends watches at once would be asked without a pause.
        _failures = nothing && lasted < ShortWatch ? _failures + 1 : 0;
        // Not even a bookmark came: either nothing happens there, or etcd was restored from a backup, and a watch from a version in the
        // future is silent forever. A list tells, and is cheap in the first case.
        if (nothing && lasted >= _options.WatchTimeout)
        {
            _version = null;
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        List<T> items = [];
        List<UnreadableObject> unreadable = [];
        string? next = null;
        string? version;
        var size = Math.Min(FirstPage, _options.PageSize);
        do
        {
            ListPage<T> page;
            (page, size) = await PageAsync(next, size, cancellationToken);
            items.AddRange(page.Items);
            unreadable.AddRange(page.Unreadable);
            version = page.Metadata.ResourceVersion;
            next = page.Metadata.Continue;
        } while (!string.IsNullOrEmpty(next));

        if (string.IsNullOrEmpty(version))
        {
            throw new ApiException(System.Net.HttpStatusCode.OK, "Unreadable", $"The list of {_type.Plural} has no resourceVersion.");
        }
        // Only a complete list shows which objects are gone.
        Store.Replace(items, version, unreadable);
        unreadable.ForEach(Unreadable);
        _version = version;
        _failures = 0;
        KubeMetrics.Relists.Add(1, new TagList { { "resource", _type.Plural } });
        Log.Listed(_logger, _type.Plural, items.Count, version);
        _synced.TrySetResult();
    }

    // A page that is too large is requested again with fewer items. A page that was read shows how large its objects are: the next one
    // requests about as many as fit, and at most twice as many as this one.
    private async Task<(ListPage<T> Page, int NextSize)> PageAsync(string? next, int size, CancellationToken cancellationToken)
    {
        while (true)
        {
            var options = new ListOptions
            {
                Namespace = _options.Namespace,
                LabelSelector = _options.LabelSelector,
                FieldSelector = _options.FieldSelector,
                Limit = size,
                Continue = next,
            };
            try
            {
                var page = await _client.ListPageAsync(
                    _type,
                    options,
                    Store.Transformed,
                    size > 1 ? _options.PageBytes : null,
                    cancellationToken
                );
                var each = Math.Max(1, page.Bytes / Math.Max(1, page.Items.Count + page.Unreadable.Count));
                return (page, Math.Clamp(_options.PageBytes / 4 * 3 / each, 1, Math.Min(_options.PageSize, 2 * size)));
            }
            catch (ApiException e) when (e.IsTooLarge && size > 1)
            {
                size = Math.Max(1, size / 4);
            }
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var options = new WatchOptions
        {
            Namespace = _options.Namespace,
            LabelSelector = _options.LabelSelector,
            FieldSelector = _options.FieldSelector,
            ResourceVersion = _version,
            // Jitter, so that the watches of many informers do not end together; not a secret.
            Timeout = _options.WatchTimeout * (1 + (0.5 * Random.Shared.NextDouble())),
            SilenceTimeout = _options.SilenceTimeout,
        };
        await foreach (var change in _client.WatchAsync(_type, options, cancellationToken))
        {
            if (change.Object is { } target)
            {
                Store.Apply(change.Type, target);
            }
            else if (change.Unreadable is { } unreadable)
            {
                Apply(change.Type, unreadable, change.ResourceVersion);
            }
            else
            {
                Store.Reached(change.ResourceVersion);
            }

            _version = change.ResourceVersion;
            _failures = 0;
            _refusals = 0;
        }
    }

    // The last readable version of the object stays in the store, and the others stay up to date.
    private void Apply(WatchEventType type, UnreadableObject target, string version)
    {
        if (type == WatchEventType.Deleted)
        {
            Store.ApplyDeleted(target, version);
            return;
        }

        Store.Reached(version);
        Unreadable(target);
    }

    private void Unreadable(UnreadableObject target) => Log.Unreadable(_logger, _type.Plural, target.Key, target.Problem);

    private void Failed(Exception failure)
    {
        _failures++;
        var answer = failure as ApiException;
        if (
            answer
            is { IsTransient: false }
                or { StatusCode: System.Net.HttpStatusCode.InternalServerError or System.Net.HttpStatusCode.GatewayTimeout }
        )
        {
            _refusals++;
        }

        if ((answer is null && failure is not KubeConfigException) || answer is { IsGone: true } || _refusals >= RefusalsBeforeRelist)
        {
            _version = null;
            _refusals = 0;
        }

        if (answer is { IsGone: true })
        {
            Log.Expired(_logger, _type.Plural, failure.Message);
        }
        else if (answer is not null || failure is KubeConfigException)
        {
            Log.Failed(_logger, _type.Plural, failure.Message, _failures);
        }
        else
        {
            Log.Broken(_logger, failure, _type.Plural);
        }
    }

    private TimeSpan Backoff()
    {
        var wait = _options.MinBackoff * Math.Pow(2, Math.Min(_failures - 1, 16));
        return (wait < _options.MaxBackoff ? wait : _options.MaxBackoff) * (1 + (0.5 * Random.Shared.NextDouble()));
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Debug, "Listed {Plural}: {Count} at version {Version}")]
        public static partial void Listed(ILogger logger, string plural, int count, string version);

        [LoggerMessage(LogLevel.Information, "Listing {Plural} again: {Cause}")]
        public static partial void Expired(ILogger logger, string plural, string cause);

        [LoggerMessage(LogLevel.Warning, "Cannot list or watch {Plural} ({Failures} in a row): {Cause}")]
        public static partial void Failed(ILogger logger, string plural, string cause, int failures);

        [LoggerMessage(LogLevel.Error, "An index or transform of {Plural} failed")]
        public static partial void Broken(ILogger logger, Exception exception, string plural);

        [LoggerMessage(LogLevel.Warning, "Skipping {Object} of {Plural}, which cannot be read: {Problem}")]
        public static partial void Unreadable(ILogger logger, string plural, NamespacedName @object, string problem);
    }
}
