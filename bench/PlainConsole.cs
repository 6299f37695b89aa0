using Spectre.Console;

namespace Stromboli.Bench;

/// <summary>Standard output: plain text, unless a person looks at it.</summary>
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

    // A file has no width; the usual 80 columns would break a figure's name in two.
    private static IAnsiConsole Wide(IAnsiConsole console)
    {
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = 140;
        }

        return console;
    }
}
