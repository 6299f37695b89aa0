using System.Runtime.CompilerServices;

namespace Stromboli.Podman.Tests.Engines;

/// <summary>A test on a real Podman of the testbed, in whose node it starts things of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PodmanNodeFactAttribute : FactAttribute
{
    public PodmanNodeFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = RealPodman.NodeAbsence;
}
