using Stromboli.Bench.Steps;

/// <summary>
/// What the runtime calls in operator and bridge before their Main when <c>DOTNET_STARTUP_HOOKS</c> names this assembly; it demands this
/// name, in no namespace.
/// </summary>
#pragma warning disable CA1050, MA0047
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>Listens to the program's activities from its beginning.</summary>
    public static void Initialize() => SpanWriter.Start();
}
