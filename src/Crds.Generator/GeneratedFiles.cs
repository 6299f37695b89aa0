using System.Reflection;
using System.Text.Json.Nodes;
using Stromboli.Crds.Generator.Reference;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator;

/// <summary>The files that <c>make generate</c> writes. A test compares them with the committed files.</summary>
internal static class GeneratedFiles
{
    private const string Header = "# Generated from src/Crds by `make generate`. Do not edit.\n";

    /// <summary>
    /// The path, relative to the repository's root, and the text of every file: a CRD and a reference page for each kind of the group.
    /// </summary>
    internal static IReadOnlyList<(string File, string Text)> All()
    {
        var descriptions = Descriptions.Of(typeof(ApiGroup).Assembly);
        return
        [
            .. typeof(ApiGroup)
                .Assembly.GetExportedTypes()
                .Where(type => type.GetCustomAttribute<CustomResourceAttribute>() is not null)
                .OrderBy(type => type.Name, StringComparer.Ordinal)
                .SelectMany(type => Of(type, CustomResourceDefinition.Build(type, descriptions))),
        ];
    }

    private static IEnumerable<(string File, string Text)> Of(Type type, JsonObject definition) =>
        [
            (
                $"config/crd/{ApiGroup.Name}_{type.GetCustomAttribute<CustomResourceAttribute>()!.Plural}.yaml",
                Header + Yaml.Write(definition)
            ),
            ($"docs/api/{type.Name.ToLowerInvariant()}.md", ReferencePage.Write(definition)),
        ];
}
