using System.Diagnostics;

namespace Stromboli.Podman;

/// <summary>
/// Activities of the source <c>Stromboli.Podman</c>: one for each call to the engine (<c>POST containers/start</c>). They cost nothing
/// while nobody listens.
/// </summary>
internal static class PodmanTraces
{
    private static readonly ActivitySource Source = new("Stromboli.Podman");

    /// <summary>A call to the engine, named by the first and the last part of its path: what is between is a name.</summary>
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
