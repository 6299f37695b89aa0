using System.Globalization;

namespace Stromboli.Bench.Kills;

/// <summary>The number of kills and the seed.</summary>
/// <param name="Kills">How many.</param>
/// <param name="Seed">Determines the victims and the moments.</param>
internal sealed record KillsSettings(int Kills, int Seed)
{
    private const string KillsVariable = "KILLS";
    private const string SeedVariable = "KILLS_SEED";
    private const int MostKills = 2000;

    /// <summary>Reads the environment: <c>KILLS</c> (200) and <c>KILLS_SEED</c> (1).</summary>
    /// <exception cref="FormatException">A variable is not a number in its range.</exception>
    public static KillsSettings Read() => new(Number(KillsVariable, 200, 1, MostKills), Number(SeedVariable, 1, 0, int.MaxValue));

    private static int Number(string variable, int preset, int least, int most)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text)
        {
            return preset;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{variable}={text}: must be a number from {least} to {most}.");
    }
}
