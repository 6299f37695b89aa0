using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Stromboli.Crds.Generator;

/// <summary>The XML documentation of an assembly, as plain text for <c>kubectl explain</c>.</summary>
internal sealed partial class Descriptions
{
    private readonly Dictionary<string, string> _byMember;

    private Descriptions(Dictionary<string, string> byMember) => _byMember = byMember;

    /// <summary>Reads the documentation file next to the assembly.</summary>
    internal static Descriptions Of(Assembly assembly)
    {
        var file = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        return new Descriptions(
            file.Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => Plain(member.Element("summary")!))
        );
    }

    /// <summary>The summary of a type.</summary>
    internal string this[Type type] => Find($"T:{type.FullName}");

    /// <summary>The summary of a property.</summary>
    internal string this[PropertyInfo property] => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Find(string member) =>
        _byMember.TryGetValue(member, out var text) && text.Length > 0
            ? text
            : throw new InvalidOperationException($"{member} has no summary: every field of the API needs a description");

    private static string Plain(XElement summary) => Blanks().Replace(string.Concat(summary.DescendantNodes().Select(Text)), " ").Trim();

    private static string Text(XNode node) =>
        node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => see.Attribute("cref")?.Value.Split('.')[^1] ?? "",
            _ => "",
        };

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Blanks();
}
