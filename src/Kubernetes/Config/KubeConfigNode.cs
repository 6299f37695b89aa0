using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Kubernetes;

/// <summary>A mapping in a kubeconfig file. The YAML tree is walked by hand: YamlDotNet's deserializer needs reflection.</summary>
internal sealed class KubeConfigNode
{
    private readonly YamlMappingNode _map;
    private readonly string _file;
    private readonly string _where;

    private KubeConfigNode(YamlMappingNode map, string file, string where)
    {
        _map = map;
        _file = file;
        _where = where;
    }

    /// <summary>A mapping without fields.</summary>
    public static KubeConfigNode Empty { get; } = new(new YamlMappingNode(), "/", "nothing");

    /// <summary>The names of the fields.</summary>
    public IEnumerable<string> Names => _map.Children.Keys.OfType<YamlScalarNode>().Select(name => name.Value ?? "");

    /// <summary>Reads a file.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read, or is not YAML with a mapping.</exception>
    public static KubeConfigNode Read(string path)
    {
        try
        {
            using var text = File.OpenText(path);
            var yaml = new YamlStream();
            yaml.Load(text);
            var root = yaml.Documents.Count > 0 ? yaml.Documents[0].RootNode as YamlMappingNode : null;
            return new(root ?? throw new KubeConfigException($"'{path}' is not a kubeconfig."), Path.GetFullPath(path), $"'{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            throw new KubeConfigException($"The kubeconfig '{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Refuses a field with another name than these.</summary>
    /// <exception cref="KubeConfigException">There is one, and it is set.</exception>
    public void AllowOnly(params IReadOnlyList<string> names)
    {
        if (Names.FirstOrDefault(name => Has(name) && !names.Contains(name)) is { } unknown)
        {
            throw new KubeConfigException($"{this} has the field '{unknown}', which Stromboli does not know.");
        }
    }

    /// <summary>Whether the field is there and neither null nor empty.</summary>
    public bool Has(string name) =>
        _map.Children.TryGetValue(name, out var node)
        && node switch
        {
            YamlScalarNode => Text(name) is not null,
            YamlMappingNode map => map.Children.Count > 0,
            YamlSequenceNode list => list.Children.Count > 0,
            _ => true,
        };

    /// <summary>The scalar of that name; null if absent or empty.</summary>
    /// <exception cref="KubeConfigException">The field holds a list or a mapping.</exception>
    public string? Text(string name)
    {
        if (!_map.Children.TryGetValue(name, out var node) || IsNull(node))
        {
            return null;
        }

        return node is YamlScalarNode scalar
            ? scalar.Value is { Length: > 0 } value
                ? value
                : null
            : throw Wrong(name, "a text");
    }

    /// <summary>The scalar of that name, empty if absent.</summary>
    public string Raw(string name) => Text(name) ?? "";

    /// <summary>The scalar of that name.</summary>
    /// <exception cref="KubeConfigException">There is none.</exception>
    public string Required(string name) => Text(name) ?? throw new KubeConfigException($"{this} has no {name}.");

    /// <summary>The flag of that name; false if absent.</summary>
    /// <exception cref="KubeConfigException">The field is neither true nor false.</exception>
    public bool Flag(string name) =>
        Text(name) is { } text && (bool.TryParse(text, out var value) ? value : throw Wrong(name, "true or false"));

    /// <summary>A path, relative to the file that names it.</summary>
    public string? PathOf(string name) => Text(name) is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(_file)!) : null;

    /// <summary>The list of scalars of that name; empty if absent.</summary>
    /// <exception cref="KubeConfigException">The field holds something else.</exception>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!_map.Children.TryGetValue(name, out var node) || IsNull(node))
        {
            return [];
        }

        return node is YamlSequenceNode list && list.All(item => item is YamlScalarNode)
            ? [.. list.Cast<YamlScalarNode>().Select(item => item.Value ?? "")]
            : throw Wrong(name, "a list of texts");
    }

    /// <summary>The mapping of that name; null if absent.</summary>
    /// <exception cref="KubeConfigException">The field holds something else.</exception>
    public KubeConfigNode? Child(string name)
    {
        if (!_map.Children.TryGetValue(name, out var node) || IsNull(node))
        {
            return null;
        }

        return node is YamlMappingNode map
            ? new(map, _file, Text("name") is { } own ? $"{name} '{own}' of '{_file}'" : $"{name} of {_where}")
            : throw Wrong(name, "a mapping");
    }

    /// <summary>The list of mappings of that name; empty if absent.</summary>
    public IEnumerable<KubeConfigNode> Items(string name) =>
        _map.Children.TryGetValue(name, out var node) && node is YamlSequenceNode list
            ? list.OfType<YamlMappingNode>().Select(map => new KubeConfigNode(map, _file, $"{name} of '{_file}'"))
            : [];

    /// <summary>Whatever is there under that name, as JSON; null if absent.</summary>
    public JsonNode? Json(string name) => _map.Children.TryGetValue(name, out var node) ? JsonOf(node) : null;

    /// <inheritdoc/>
    public override string ToString() => _where;

    private static JsonNode? JsonOf(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value ?? "", JsonOf(pair.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(JsonOf)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value ?? ""),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value),
            _ => null,
        };

    // YAML's core schema.
    private static JsonValue? Plain(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
        {
            return null;
        }

        if (bool.TryParse(text, out var flag))
        {
            return JsonValue.Create(flag);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return JsonValue.Create(whole);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    private KubeConfigException Wrong(string name, string expected) => new($"{this}: {name} is not {expected}.");
}
