using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Testbed;

namespace Stromboli.Bench.Figures;

/// <summary>The file of the latest figures: <c>{name: {value, unit, baseline, ratio}}</c>.</summary>
internal static class FigureFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Where it is.</summary>
    public static string Path { get; } = Repository.At("bench", "results", "latest.json");

    /// <summary>Replaces it.</summary>
    public static async Task WriteAsync(IEnumerable<Figure> figures, CancellationToken cancellationToken)
    {
        var all = new JsonObject(
            figures.Select(figure =>
                KeyValuePair.Create(
                    figure.Name,
                    (JsonNode?)
                        new JsonObject
                        {
                            ["value"] = Rounded(figure.Value),
                            ["unit"] = figure.Unit,
                            ["baseline"] = Rounded(figure.Baseline),
                            ["ratio"] = Rounded(figure.Ratio),
                        }
                )
            )
        );
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        await File.WriteAllTextAsync(Path, all.ToJsonString(Indented) + "\n", cancellationToken);
    }

    private static JsonNode? Rounded(double? value) => value is { } number ? JsonValue.Create(Math.Round(number, 3)) : null;
}
