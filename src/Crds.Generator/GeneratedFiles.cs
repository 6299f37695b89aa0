using System.Reflection;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator;

/// <summary>What <c>make generate</c> writes to config/crd, and what a test compares with the committed files.</summary>
internal static class GeneratedFiles
{
    private const string Header = "# Generated from src/Crds by `make generate`. Do not edit.\n";

    /// <summary>Name and text of every file, one for each kind of the group.</summary>
    internal static IReadOnlyList<(string File, string Text)> All()
    {
        var descriptions = Descriptions.Of(typeof(ApiGroup).Assembly);
        return
        [
            .. typeof(ApiGroup).Assembly.GetExportedTypes()
                .Where(type => type.GetCustomAttribute<CustomResourceAttribute>() is not null)
                .OrderBy(type => type.Name, StringComparer.Ordinal)
                .Select(type => (FileName(type), Header + Yaml.Write(CustomResourceDefinition.Build(type, descriptions)))),
        ];
    }

    private static string FileName(Type type) => $"{ApiGroup.Name}_{type.GetCustomAttribute<CustomResourceAttribute>()!.Plural}.yaml";
}
