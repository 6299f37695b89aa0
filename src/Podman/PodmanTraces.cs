using System.Diagnostics;

namespace Stromboli.Podman;

/// <summary>
/// Activities of the source <see cref="SourceName"/>: one for each call, such as <c>POST containers/start</c>. They cost nothing without a
/// listener.
/// </summary>
public static class PodmanTraces
{
    /// <summary>Name of the source.</summary>
    public const string SourceName = "Stromboli.Podman";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Starts the activity of a call. Its name does not contain that of a resource.</summary>
    internal static Activity? Call(PodmanRequest request) =>
        Source.HasListeners() ? Source.StartActivity(request.Operation, ActivityKind.Client) : null;
}
