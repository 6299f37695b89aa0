using System.Runtime.CompilerServices;

namespace Stromboli.PodmanBridge.Tests.Podman;

/// <summary>A test on a real Podman: the socket's path stands in <c>STROMBOLI_TEST_PODMAN</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PodmanFactAttribute : FactAttribute
{
    public const string Variable = "STROMBOLI_TEST_PODMAN";

    public PodmanFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line)
    {
        if (Environment.GetEnvironmentVariable(Variable) is null or "")
            Skip = $"{Variable} names no Podman socket";
    }
}
