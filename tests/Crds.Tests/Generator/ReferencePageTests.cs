using System.Text.RegularExpressions;
using Stromboli.Crds.Generator;
using Stromboli.Crds.Generator.Reference;
using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Tests.Generator;

public sealed partial class ReferencePageTests
{
    private static readonly string Page = ReferencePage.Write(
        CustomResourceDefinition.Build(typeof(AgentRun), Descriptions.Of(typeof(AgentRun).Assembly))
    );

    [Theory]
    [InlineData("| `prompt` | string, 1 to 65,536 characters | prompt is the instruction that the agent reads")]
    [InlineData("| `promptFrom` | [object](#specpromptfrom) | ")]
    [InlineData("| `timeout` | duration | ")]
    [InlineData("Must be a duration between 1s and 168h")]
    [InlineData("| `env` | [list of at most 100 objects](#specenv) | ")]
    [InlineData("| `imagePullPolicy` | `Always` \\| `IfNotPresent` \\| `Never` | ")]
    [InlineData("| `nodeSelector` | map of at most 16 strings, at most 63 characters each | ")]
    [InlineData("- Must not set both claude and command.")]
    [InlineData("| `conditions` | list of at most 16 conditions | ")]
    [InlineData("`kubectl get agentruns.stromboli.dev` (short name `arun`) prints Phase, Reason, Node, Cost, Age;")]
    public void Write_CrdOfARun_Contains(string text) => Assert.Contains(text, Page, StringComparison.Ordinal);

    [Fact]
    public void Write_MutableFields_AreMarked()
    {
        var mutable = Page.Split('\n')
            .Where(line => line.Contains("Mutable.", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(["cancel", "deleteAfterFinished", "priority", "suspend", "ttlAfterFinished"], mutable.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Write_EveryLink_HasItsSection()
    {
        var anchors = Headings().Matches(Page).Select(heading => Text.Anchor(heading.Groups["text"].Value)).ToHashSet();
        var links = Links().Matches(Page).Select(link => link.Groups["anchor"].Value).ToList();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.Contains(link, anchors));
    }

    [Fact]
    public void Write_EveryRow_HasThreeCells() =>
        Assert.All(Page.Split('\n').Where(line => line.StartsWith('|')), line => Assert.Equal(4, Bars().Count(line)));

    [GeneratedRegex("^## (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Headings();

    [GeneratedRegex(@"\]\(#(?<anchor>[^)]+)\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Links();

    [GeneratedRegex(@"(?<!\\)\|", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Bars();
}
