using Stromboli.Bench.Steps;

/// <summary>
/// The runtime calls this class in operator and bridge before their Main when <c>DOTNET_STARTUP_HOOKS</c> names this assembly. It requires
/// this name outside any namespace.
/// </summary>
#pragma warning disable CA1050, MA0047
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>Listens to the program's activities from its start.</summary>
    public static void Initialize() => SpanWriter.Start();
}
