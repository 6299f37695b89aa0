using Spectre.Console;

namespace Stromboli.Testbed.Commands;

/// <summary>Standard output as Spectre.Console sees it: plain text, unless a person looks at it.</summary>
internal static class Terminal
{
    /// <summary>The console.</summary>
    public static IAnsiConsole Console { get; } =
        AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = System.Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = System.Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            }
        );
}
