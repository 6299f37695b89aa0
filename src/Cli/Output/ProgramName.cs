namespace Stromboli.Cli.Output;

/// <summary>How the user calls this program.</summary>
internal static class ProgramName
{
    /// <summary>The name as a plugin.</summary>
    public const string Plugin = "kubectl stromboli";

    /// <summary>The name of the same program under another file name.</summary>
    public const string Standalone = "stromboli";

    /// <summary>The name that this process was started with.</summary>
    public static string OfProcess() => Of(Environment.GetCommandLineArgs().FirstOrDefault());

    /// <summary>The name for this path of an executable.</summary>
    public static string Of(string? path) =>
        Path.GetFileName(path ?? "").StartsWith("kubectl-", StringComparison.Ordinal) ? Plugin : Standalone;
}
