using System.Text.RegularExpressions;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;

namespace Stromboli.Crds.Tests.Generator;

/// <summary>Words that users write without quotes are strings in YAML 1.1 too.</summary>
public sealed partial class YamlWordsTests
{
    private static readonly string[] Quantities =
    [
        "memory",
        "cpu",
        "ephemeralStorage",
        "sizeLimit",
        "storageLimit",
        "statusBytes",
        "logBytes",
    ];

    public static TheoryData<string> Files => GeneratedFilesTests.Files;

    [Theory]
    [MemberData(nameof(Files))]
    public void FieldsAndEnums_AreStringsInYaml(string file)
    {
        foreach (var (path, schema) in GeneratedFilesTests.Fields(GeneratedFilesTests.Schema(file), ""))
        {
            Assert.DoesNotMatch(OtherThanAString(), path.Split('.', '[', '{')[^1]);
            // Kubernetes defines these words, and only the operator writes them.
            if (path.EndsWith("conditions[].status", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var value in schema["enum"]?.AsArray() ?? [])
            {
                Assert.DoesNotMatch(OtherThanAString(), value!.GetValue<string>());
            }
        }
    }

    // Otherwise, a word that YAML reads as a boolean or a number would silently change its meaning.
    [Theory]
    [MemberData(nameof(Files))]
    public void FieldOfAString_TakesNothingElseButAQuantity(string file)
    {
        foreach (var (path, schema) in GeneratedFilesTests.Fields(GeneratedFilesTests.Schema(file), ""))
        {
            if (schema["type"] is null || schema.ContainsKey("x-kubernetes-int-or-string") || schema.ContainsKey("anyOf"))
            {
                Assert.Contains(path.Split('.')[^1], Quantities);
            }
        }
    }

    [Fact]
    public void WordsWithoutAnEnum_AreStringsInYaml() =>
        Assert.All(
            [
                .. Enum.GetNames<RunReason>(),
                .. Enum.GetNames<RunPhase>(),
                .. Enum.GetNames<SessionPhase>(),
                .. Enum.GetNames<SessionReason>(),
                .. Enum.GetNames<HookResult>(),
                .. Enum.GetNames<ImageCompatibility>(),
            ],
            word => Assert.DoesNotMatch(OtherThanAString(), word)
        );

    [Theory]
    [InlineData("on")]
    [InlineData("Off")]
    [InlineData("y")]
    [InlineData("NULL")]
    [InlineData("~")]
    [InlineData("1e3")]
    [InlineData("1.10")]
    [InlineData("010")]
    [InlineData("12:30")]
    [InlineData("1_000")]
    [InlineData(".inf")]
    [InlineData("2026-01-01")]
    [InlineData("<<")]
    public void OtherThanAString_KnowsTheTraps(string word) => Assert.Matches(OtherThanAString(), word);

    // https://yaml.org/type/: bool, null, merge, int, float and timestamp of YAML 1.1.
    [GeneratedRegex(
        @"^(~|null|y|n|yes|no|true|false|on|off|=|<<|[-+]?\.(inf|nan)|[-+]?(0b[01_]+|0x[0-9a-f_]+|[0-9][0-9_]*(\.[0-9_]*)?(e[-+]?[0-9]+)?|\.[0-9_]+)|[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex OtherThanAString();
}
