using System.Runtime.CompilerServices;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>A theory on a real Podman; see <see cref="RealPodman"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PodmanTheoryAttribute : TheoryAttribute
{
    public PodmanTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = RealPodman.Absence;
}
