using Spectre.Console;

namespace Stromboli.Bench;

/// <summary>Standard output: plain text, unless a person looks at it.</summary>
internal static class PlainConsole
{
    /// <summary>The console.</summary>
    public static IAnsiConsole Out { get; } = AnsiConsole.Create(new AnsiConsoleSettings
    {
        Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
    });
}
