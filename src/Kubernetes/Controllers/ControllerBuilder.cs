using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Says which changes lead to which keys. Begun by <see cref="Controller.For{T}"/>.</summary>
public sealed class ControllerBuilder
{
    private readonly string _primaryKind;
    private readonly Func<IEnumerable<NamespacedName>> _primaryKeys;
    private readonly List<Func<CancellationToken, Task>> _syncs = [];
    private readonly List<Action<Controller>> _sources = [];

    internal ControllerBuilder(string primaryKind, Func<IEnumerable<NamespacedName>> primaryKeys)
    {
        _primaryKind = primaryKind;
        _primaryKeys = primaryKeys;
    }

    /// <summary>
    /// Also reconciles the keys that a changed object of another kind leads to; on a change both the old and the new object are asked.
    /// </summary>
    /// <param name="informer">Of the other kind.</param>
    /// <param name="map">Keys of the primary kind; quick, and reads stores only.</param>
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
                // A key given twice could be taken between, and would then be reconciled twice.
                foreach (var key in asked.SelectMany(map).Distinct())
                {
                    controller.Enqueue(key);
                }
            })
        );
        return this;
    }

    /// <summary>Also reconciles the object of the primary kind that is the managing owner of a changed object.</summary>
    public ControllerBuilder Owns<T>(Informer<T> informer, Func<StoreChange<T>, bool>? when = null)
        where T : class, IKubernetesObject => Watches(informer, OwnerOf, when);

    /// <summary>Makes the controller; from now on changes are queued.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="reconcile">Makes one object as it should be. It is told only the key: what is so now, it reads itself.</param>
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

    private IEnumerable<NamespacedName> OwnerOf<T>(T target)
        where T : class, IKubernetesObject =>
        target.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true && owner.Kind == _primaryKind) is { } found
            ? [new(target.Metadata.Namespace ?? "", found.Name)]
            : [];
}
