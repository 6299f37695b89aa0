using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Maps changes to keys. Created by <see cref="Controller.For{T}"/>.</summary>
public sealed class ControllerBuilder
{
    private readonly Func<IEnumerable<NamespacedName>> _primaryKeys;
    private readonly List<Func<CancellationToken, Task>> _syncs = [];
    private readonly List<Action<Controller>> _sources = [];

    internal ControllerBuilder(Func<IEnumerable<NamespacedName>> primaryKeys)
    {
        _primaryKeys = primaryKeys;
    }

    /// <summary>
    /// Also reconciles the keys that a changed object of another kind maps to. For a change, both the old and the new object are mapped.
    /// </summary>
    /// <param name="informer">Informer of the other kind.</param>
    /// <param name="map">Returns keys of the primary kind. It must be quick and only read stores.</param>
    /// <param name="when">Changes that count; all if null.</param>
    public ControllerBuilder Watches<T>(
        Informer<T> informer,
        Func<T, IEnumerable<NamespacedName>> map,
        Func<StoreChange<T>, bool>? when = null
    )
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(informer);
        _syncs.Add(informer.WaitForSyncAsync);
        _sources.Add(controller =>
            informer.OnChange(change =>
            {
                if (when is not null && !when(change))
                {
                    return;
                }

                IEnumerable<T> asked = change.Old is { } old && change.New is { } now ? [old, now] : [change.Object];
                // A worker could take a key between two additions, and the key would be reconciled twice.
                foreach (var key in asked.SelectMany(map).Distinct())
                {
                    controller.Enqueue(key);
                }
            })
        );
        return this;
    }

    /// <summary>Builds the controller. From now on changes are queued.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="reconcile">Brings one object to its desired state. It gets only the key, and reads the current state itself.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public Controller Build(
        ControllerOptions options,
        Func<NamespacedName, CancellationToken, Task<ReconcileResult>> reconcile,
        TimeProvider? clock = null,
        ILogger<Controller>? logger = null
    )
    {
        var controller = new Controller(
            options,
            reconcile,
            _primaryKeys,
            _syncs,
            clock ?? TimeProvider.System,
            logger ?? NullLogger<Controller>.Instance
        );
        foreach (var attach in _sources)
        {
            attach(controller);
        }

        return controller;
    }
}
