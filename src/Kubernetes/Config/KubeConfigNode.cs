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

    /// <summary>The scalar of that name; null if absent or empty.</summary>
    public string? Text(string name) =>
        _map.Children.TryGetValue(name, out var node) && node is YamlScalarNode { Value: { Length: > 0 } value } scalar && !IsNull(scalar)
            ? value
            : null;

    public string Required(string name) => Text(name) ?? throw new KubeConfigException($"{this} has no {name}.");

    /// <summary>A path, relative to the file that names it.</summary>
    public string? PathOf(string name) => Text(name) is { } path ? Path.GetFullPath(path, Path.GetDirectoryName(_file)!) : null;

    public KubeConfigNode? Child(string name) =>
        _map.Children.TryGetValue(name, out var node) && node is YamlMappingNode map
            ? new(map, _file, $"{name} '{Text("name")}' of '{_file}'")
            : null;

    public IEnumerable<KubeConfigNode> Items(string name) =>
        _map.Children.TryGetValue(name, out var node) && node is YamlSequenceNode list
            ? list.OfType<YamlMappingNode>().Select(map => new KubeConfigNode(map, _file, $"{name} of '{_file}'"))
            : [];

    public override string ToString() => _where;

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "null" or "~";
}
