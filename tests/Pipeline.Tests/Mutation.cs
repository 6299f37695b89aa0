using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Tests.Cases;

namespace Stromboli.Pipeline.Tests;

/// <summary>A valid spec with hostile values in some of its fields.</summary>
/// <param name="Json">The spec as the API would hold it.</param>
/// <param name="Marks">The fields, such as <c>agent.claude.model</c>, with the marks of their texts.</param>
internal sealed record Mutation(JsonObject Json, IReadOnlyList<(string Place, string Mark)> Marks)
{
    private static readonly List<JsonObject> Seeds = [.. SpecCase.ForCode().Where(row => row.Refused.Count == 0).Select(row => row.Spec)];

    /// <summary>
    /// Every text field with every hostile text, one at a time, in the first two valid specs of the table that have the field.
    /// </summary>
    public static IEnumerable<Mutation> Each()
    {
        Dictionary<string, int> seen = [];
        foreach (var seed in Seeds)
        {
            foreach (var place in Places(seed).Where(place => Count(seen, place) <= 2))
            {
                foreach (var text in HostileTexts.All)
                {
                    yield return Of(seed, [(place, text)]);
                }
            }
        }
    }

    /// <summary>Two to six fields at once, chosen at random from a fixed seed.</summary>
    public static IEnumerable<Mutation> Random(int seed, int count)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var spec = Seeds[random.Next(Seeds.Count)];
            var places = Places(spec).ToArray();
            random.Shuffle(places);
            yield return Of(
                spec,
                [.. places.Take(random.Next(2, 7)).Select(place => (place, HostileTexts.All[random.Next(HostileTexts.All.Count)]))]
            );
        }
    }

    /// <summary>
    /// The spec as the operator reads it; null if a value does not have the type of its field, which the API server refuses.
    /// </summary>
    public AgentRunSpec? Read()
    {
        try
        {
            return (AgentRunSpec)Halves.Put(Json.Deserialize(CrdsJson.Default.AgentRunSpec)!)!;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public override string ToString() =>
        string.Join("; ", Marks) + " in " + (Json.ToJsonString() is { Length: > 1500 } text ? text[..1500] : Json.ToJsonString());

    private static Mutation Of(JsonObject seed, IReadOnlyList<(string Place, string Text)> changes)
    {
        var json = seed.DeepClone().AsObject();
        List<(string, string)> marks = [];
        foreach (var (place, text) in changes)
        {
            var mark = $"zq{marks.Count}zq";
            Put(json, place.Split(' '), text.Replace("@@", mark, StringComparison.Ordinal));
            if (text.Contains("@@", StringComparison.Ordinal))
            {
                marks.Add((place.Replace(' ', '.'), mark));
            }
        }

        return new Mutation(json, marks);
    }

    private static int Count(Dictionary<string, int> seen, string place)
    {
        var field = string.Join('.', place.Split(' ').Where(word => !int.TryParse(word, out _)));
        return seen[field] = seen.GetValueOrDefault(field) + 1;
    }

    // Separated by blanks, since a label's key has dots.
    private static IEnumerable<string> Places(JsonNode? node, string path = "") =>
        node switch
        {
            JsonObject map => map.SelectMany(pair => Places(pair.Value, $"{path} {pair.Key}")),
            JsonArray list => list.SelectMany((item, i) => Places(item, $"{path} {i}")),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => [path.Trim()],
            _ => [],
        };

    private static void Put(JsonNode node, ReadOnlySpan<string> path, string text)
    {
        if (path.Length > 1)
        {
            Put(node is JsonArray list ? list[int.Parse(path[0])]! : node[path[0]]!, path[1..], text);
        }
        else if (node is JsonArray last)
        {
            last[int.Parse(path[0])] = text;
        }
        else
        {
            node[path[0]] = text;
        }
    }
}
