namespace Stromboli.PodmanBridge.Tests.Logs;

/// <summary>The folders of <c>Logs/Cases</c>: a log as conmon writes it, and what each format makes of it.</summary>
internal static class LogCases
{
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Logs", "Cases");

    public static TheoryData<string> Names => [.. Directory.EnumerateDirectories(Folder).Select(path => Path.GetFileName(path)!).Order()];

    public static string PathOf(string name, string file) => Path.Combine(Folder, name, file);

    public static bool IsClaude(string name) => name.StartsWith("claude-", StringComparison.Ordinal);
}
