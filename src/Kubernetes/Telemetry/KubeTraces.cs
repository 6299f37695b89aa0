using System.Diagnostics;

namespace Stromboli.Kubernetes;

/// <summary>
/// The library's activities, all of the source <see cref="SourceName"/>: one for each try of a request, named by verb and resource
/// (<c>replace agentruns/status</c>), and one for each reconcile (<c>reconcile runs</c>). They cost nothing without a listener.
/// </summary>
public static class KubeTraces
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Stromboli.Kubernetes";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? Request(RequestLabels labels) =>
        !Source.HasListeners()
            ? null
            : Source.StartActivity(
                labels.Subresource.Length == 0
                    ? $"{labels.Verb} {labels.Resource}"
                    : $"{labels.Verb} {labels.Resource}/{labels.Subresource}",
                ActivityKind.Client
            );

    internal static Activity? Reconcile(string controller, NamespacedName key) =>
        Source.HasListeners() ? Source.StartActivity($"reconcile {controller}")?.SetTag("key", key.ToString()) : null;
}
