using System.Runtime.InteropServices;
using Stromboli.PodmanBridge.Configuration;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>
/// Protects the credentials in the bridge's memory: no other process of its user may attach to it, it leaves no core dump, and the runtime
/// opens no diagnostics port (prctl(2), setrlimit(2), execve(2)).
/// </summary>
internal static partial class ProcessHardening
{
    private const string Diagnostics = "DOTNET_EnableDiagnostics";
    private const int SetDumpable = 4;
    private const int CoreLimit = 4;

    /// <summary>Makes this process not dumpable and its cores empty.</summary>
    /// <exception cref="BridgeUnusableException">The kernel refused.</exception>
    public static void Apply()
    {
        var none = default(ResourceLimit);
        if (PrCtl(SetDumpable, 0, 0, 0, 0) != 0 || SetResourceLimit(CoreLimit, in none) != 0)
        {
            throw new BridgeUnusableException(
                $"The kernel does not let the bridge protect its memory (error {Marshal.GetLastPInvokeError()})."
            );
        }
    }

    /// <summary>
    /// Restarts this process in place without the runtime's diagnostics port. The runtime reads that setting only from its environment,
    /// before any code of ours runs.
    /// </summary>
    /// <exception cref="BridgeUnusableException">The kernel refused.</exception>
    public static void CloseDiagnostics()
    {
        if (Environment.GetEnvironmentVariable(Diagnostics) == "0")
        {
            return;
        }

        string?[] arguments = [.. File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0'), null];
        var variables = Environment.GetEnvironmentVariables();
        string?[] environment =
        [
            .. variables.Keys.Cast<string>().Where(name => name != Diagnostics).Select(name => $"{name}={variables[name]}"),
            $"{Diagnostics}=0",
            null,
        ];
        _ = Execute(Environment.ProcessPath!, arguments, environment);
        throw new BridgeUnusableException(
            $"The bridge could not restart itself without diagnostics (error {Marshal.GetLastPInvokeError()}); set {Diagnostics}=0."
        );
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    private static partial int PrCtl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetResourceLimit(int resource, in ResourceLimit limit);

    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments, string?[] environment);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
