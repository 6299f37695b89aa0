using Spectre.Console;

namespace Stromboli.Testbed.Commands;

/// <summary>Standard output for Spectre.Console: plain text unless it is a terminal.</summary>
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
