using System.Diagnostics;

namespace Stromboli.Podman;

/// <summary>
/// Activities of the source <c>Stromboli.Podman</c>: one for each call, such as <c>POST containers/start</c>. They cost nothing without a
/// listener.
/// </summary>
internal static class PodmanTraces
{
    private static readonly ActivitySource Source = new("Stromboli.Podman");

    /// <summary>Starts the activity of a call. Its name leaves out the middle of the path, which names a resource.</summary>
    public static Activity? Call(PodmanRequest request)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var parts = request.Path.Split('?')[0].Split('/');
        return Source.StartActivity($"{request.Method} {parts[0]}/{parts[^1]}", ActivityKind.Client);
    }
}
