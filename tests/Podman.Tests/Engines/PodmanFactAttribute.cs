using System.Runtime.CompilerServices;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>A test on a real Podman; see <see cref="RealPodman"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PodmanFactAttribute : FactAttribute
{
    public PodmanFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = RealPodman.Absence;
}
