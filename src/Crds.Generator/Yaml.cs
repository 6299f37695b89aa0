using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Stromboli.Crds.Generator;

/// <summary>Writes JSON as YAML. It keeps the order, writes the same text for the same input, and writes long strings as blocks.</summary>
internal static partial class Yaml
{
    internal static string Write(JsonObject document)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(
            text,
            new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024)
        );
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(version: null, tags: null, isImplicit: true));
        Emit(emitter, document);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(
                    new MappingStart(
                        AnchorName.Empty,
                        TagName.Empty,
                        isImplicit: true,
                        map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block
                    )
                );
                foreach (var (key, value) in map)
                {
                    Emit(emitter, JsonValue.Create(key));
                    Emit(emitter, value);
                }
                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(
                    new SequenceStart(
                        AnchorName.Empty,
                        TagName.Empty,
                        isImplicit: true,
                        list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block
                    )
                );
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            default:
                emitter.Emit(ScalarOf(node));
                break;
        }
    }

    private static Scalar ScalarOf(JsonNode? node)
    {
        if (node is null || node.GetValueKind() != JsonValueKind.String)
        {
            return new Scalar(
                AnchorName.Empty,
                TagName.Empty,
                node?.ToJsonString() ?? "null",
                ScalarStyle.Plain,
                isPlainImplicit: true,
                isQuotedImplicit: false
            );
        }

        var text = node.GetValue<string>();
        var style =
            IsPlain(text) ? ScalarStyle.Plain
            : text.Length > 40 ? ScalarStyle.Literal
            : ScalarStyle.DoubleQuoted;
        return new Scalar(AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: true, isQuotedImplicit: true);
    }

    private static bool IsPlain(string text) =>
        PlainText().IsMatch(text) && !Word().IsMatch(text) && !text.Contains(": ", StringComparison.Ordinal);

    // Conservative: the text starts with a letter and contains no character that has a meaning in YAML.
    [GeneratedRegex(@"^[a-zA-Z./][a-zA-Z0-9 ./_,;:()*=<>+-]*[a-zA-Z0-9.)*]\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PlainText();

    [GeneratedRegex(
        @"^(true|false|null|yes|no|on|off|y|n)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase,
        1000
    )]
    private static partial Regex Word();
}
