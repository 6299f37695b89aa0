using Spectre.Console;

namespace Stromboli.Bench;

/// <summary>Standard output: plain text unless it is a terminal.</summary>
internal static class PlainConsole
{
    /// <summary>The console.</summary>
    public static IAnsiConsole Out { get; } =
        Wide(
            AnsiConsole.Create(
                new AnsiConsoleSettings
                {
                    Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
                    ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
                }
            )
        );

    // A file has no width. The default of 80 columns would break the names of figures.
    private static IAnsiConsole Wide(IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 140;
        }

        return console;
    }
}
