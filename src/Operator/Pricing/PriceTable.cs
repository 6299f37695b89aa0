using System.Text.Json;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Hosting;

namespace Stromboli.Operator.Pricing;

/// <summary>What models cost: a JSON document, built in or the operator's own.</summary>
internal sealed record PriceTable
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxEntries = 1000;
    private const decimal MaxPrice = 1_000_000;

    /// <summary>The table that comes with the operator.</summary>
    public static PriceTable BuiltIn { get; } = ReadBuiltIn();

    /// <summary>
    /// The day on which the prices were looked up. Nobody can tell what a cost is worth that was reckoned at prices of no known age.
    /// </summary>
    public required DateOnly Taken { get; init; }

    /// <summary>Where, for people.</summary>
    public string? Source { get; init; }

    /// <summary>The prices.</summary>
    public required IReadOnlyList<ModelPrice> Models { get; init; }

    /// <summary>The prices of tools that run at the provider; null for none.</summary>
    public IReadOnlyList<ServerTool>? ServerTools { get; init; }

    /// <summary>Those of the tools at the provider that are allowed, each with its price if the table has one.</summary>
    public IReadOnlyList<ServerTool> Allow(IEnumerable<string> names) =>
        [.. names.Select(name => ServerTools?.FirstOrDefault(tool => tool.Name == name) ?? new ServerTool { Name = name })];

    /// <summary>Reads a table from a file.</summary>
    /// <exception cref="UsageException">It cannot be read or used.</exception>
    public static PriceTable Load(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxBytes
                ? Parse(File.ReadAllBytes(file))
                : throw new UsageException($"--prices {file}: is larger than {MaxBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--prices {file}: cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new UsageException($"--prices {file}: {e.Message}");
        }
    }

    /// <summary>Reads a table and checks it.</summary>
    /// <exception cref="JsonException">It is not of the form.</exception>
    /// <exception cref="FormatException">It has something that cannot be.</exception>
    public static PriceTable Parse(ReadOnlySpan<byte> json)
    {
        var table = JsonSerializer.Deserialize(json, PriceTableJson.Default.PriceTable) ?? throw new FormatException("The table is null.");
        var models = table.Models;
        if (models.Count > MaxEntries)
        {
            throw new FormatException($"models has {models.Count} entries; {MaxEntries} are allowed.");
        }

        foreach (var price in models)
        {
            if (price is not { Model.Length: > 0 and <= 128 })
            {
                throw new FormatException("Each of models must have a model of 1 to 128 characters.");
            }

            decimal[] amounts = [price.Input, price.Output, price.CacheRead, price.CacheWrite, price.CacheWriteHour];
            if (amounts.Any(a => a is < 0 or > MaxPrice))
            {
                throw new FormatException($"A price of {price.Model} is below 0 or above {MaxPrice}.");
            }
        }

        var tools = table.ServerTools ?? [];
        if (
            tools.Count > MaxEntries
            || tools.Any(tool => tool is not { Name.Length: > 0 and <= 128, PerThousandUSD: >= 0 and <= MaxPrice })
        )
        {
            throw new FormatException(
                $"serverTools has more than {MaxEntries} entries, or one without a name and a price from 0 to {MaxPrice}."
            );
        }

        if (tools.DistinctBy(tool => tool.Name).Count() != tools.Count)
        {
            throw new FormatException("A tool is named twice.");
        }

        return models.DistinctBy(p => p.Model).Count() == models.Count ? table : throw new FormatException("A model is named twice.");
    }

    private static PriceTable ReadBuiltIn()
    {
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream("prices.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}
