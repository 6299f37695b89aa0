using System.Text.Json;
using System.Text.Json.Serialization;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Pricing;

/// <summary>The prices of models: a JSON document, built in or given by the admin.</summary>
internal sealed record PriceTable
{
    private const int MaxBytes = 1024 * 1024;
    private const int MaxEntries = 1000;
    private const decimal MaxPrice = 1_000_000;

    /// <summary>The built-in table.</summary>
    public static PriceTable BuiltIn { get; } = ReadBuiltIn();

    /// <summary>The day on which the prices were looked up. Without it, a cost that was computed from them could not be judged.</summary>
    public required DateOnly Taken { get; init; }

    /// <summary>Where the prices were looked up, for people.</summary>
    public string? Source { get; init; }

    /// <summary>The prices.</summary>
    public required IReadOnlyList<ModelPrice> Models { get; init; }

    /// <summary>The prices of tools at the provider; null for none.</summary>
    public IReadOnlyList<ServerTool>? ServerTools { get; init; }

    /// <summary>The allowed tools at the provider, each with its price if the table has one.</summary>
    public IReadOnlyList<ServerTool> Allow(IEnumerable<string> names) =>
        [.. names.Select(name => ServerTools?.FirstOrDefault(tool => tool.Name == name) ?? new ServerTool { Name = name })];

    /// <summary>Reads a table from a file.</summary>
    /// <exception cref="FormatException">The file cannot be read, or its content is not valid.</exception>
    public static PriceTable Load(string file)
    {
        try
        {
            return new FileInfo(file).Length <= MaxBytes
                ? Parse(File.ReadAllBytes(file))
                : throw new FormatException($"must have at most {MaxBytes} bytes.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>Parses and checks a table.</summary>
    /// <exception cref="JsonException">The JSON does not have the form of a table.</exception>
    /// <exception cref="FormatException">A value is not valid.</exception>
    public static PriceTable Parse(ReadOnlySpan<byte> json)
    {
        var table = JsonSerializer.Deserialize(json, PriceTableJson.Default.PriceTable) ?? throw new FormatException("The table is null.");
        var models = table.Models;
        if (models.Count > MaxEntries)
        {
            throw new FormatException($"models has {models.Count} entries; at most {MaxEntries} are allowed.");
        }

        foreach (var price in models)
        {
            if (price is not { Model.Length: > 0 and <= 128 })
            {
                throw new FormatException("Each entry of models must have a model of 1 to 128 characters.");
            }

            decimal[] amounts = [price.Input, price.Output, price.CacheRead, price.CacheWrite, price.CacheWriteHour];
            if (amounts.Any(a => a is < 0 or > MaxPrice))
            {
                throw new FormatException($"A price of {price.Model} must be from 0 to {MaxPrice}.");
            }
        }

        var tools = table.ServerTools ?? [];
        if (
            tools.Count > MaxEntries
            || tools.Any(tool => tool is not { Name.Length: > 0 and <= 128, PerThousandUSD: >= 0 and <= MaxPrice })
        )
        {
            throw new FormatException(
                $"serverTools must have at most {MaxEntries} entries, each with a name and a price from 0 to {MaxPrice}."
            );
        }

        if (tools.DistinctBy(tool => tool.Name).Count() != tools.Count)
        {
            throw new FormatException("serverTools names a tool twice.");
        }

        return models.DistinctBy(p => p.Model).Count() == models.Count ? table : throw new FormatException("models names a model twice.");
    }

    private static PriceTable ReadBuiltIn()
    {
        using var stream = typeof(PriceTable).Assembly.GetManifestResourceStream("prices.json")!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}

/// <summary>The serializer of price tables. It refuses an unknown field, which could be a price that is not counted.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    MaxDepth = 8
)]
[JsonSerializable(typeof(PriceTable))]
internal sealed partial class PriceTableJson : JsonSerializerContext;
