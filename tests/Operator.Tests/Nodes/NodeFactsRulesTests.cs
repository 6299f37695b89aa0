using System.Text.Json;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Tests.Nodes;

public sealed class NodeFactsRulesTests
{
    [Fact]
    public void Clean_OmittedLists_AreEmpty()
    {
        var said = (Hello)
            JsonSerializer.Deserialize(
                """{"type":"Hello","schema":1,"node":"node-1","seenEpoch":0,"facts":{"bridgeVersion":"0.0.9","cpuMillis":0,"memoryBytes":0,"maxRuns":3},"observed":[]}""",
                NodeLinkJson.Default.BridgeMessage
            )!;
        var facts = NodeFactsRules.Clean(said.Facts);
        Assert.Equal(("0.0.9", 3), (facts.BridgeVersion, facts.MaxRuns));
        // For these, no list means unknown rather than none.
        Assert.Equal((null, null), (facts.Pids, facts.RunPids));
        Assert.Empty(facts.EnforcedLimits);
        Assert.Empty(facts.AllowedVolumes);
        Assert.Empty(facts.AllowedPodmanSecrets);
        Assert.Empty(facts.Labels);
    }
}
