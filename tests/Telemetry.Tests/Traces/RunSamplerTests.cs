using System.Diagnostics;
using OpenTelemetry.Trace;
using Stromboli.Telemetry.Traces;

namespace Stromboli.Telemetry.Tests.Traces;

public sealed class RunSamplerTests
{
    [Fact]
    public void ShouldSample_WithoutAParent_IsDropped() =>
        Assert.Equal(SamplingDecision.Drop, Decide(RunSampler.Of(null, null), default, ActivityTraceId.CreateRandom()));

    [Fact]
    public void ShouldSample_AParentThatIsNotRecorded_IsDropped() =>
        Assert.Equal(
            SamplingDecision.Drop,
            Decide(
                RunSampler.Of(null, null),
                RunTrace.AttemptContext("a", 1, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
                RunTrace.TraceIDOf("a")
            )
        );

    [Theory]
    [InlineData(null, null)]
    [InlineData("always_on", null)]
    [InlineData("parentbased_always_on", null)]
    [InlineData("traceidratio", "1")]
    public void ShouldSample_TheRootOfARun_IsRecorded(string? name, string? argument)
    {
        var uid = Guid.NewGuid().ToString();

        Assert.Equal(
            SamplingDecision.RecordAndSample,
            Decide(RunSampler.Of(name, argument), RunTrace.RootContext(uid), RunTrace.TraceIDOf(uid))
        );
    }

    [Fact]
    public void ShouldSample_AShare_TakesWholeTraces()
    {
        var sampler = RunSampler.Of("parentbased_traceidratio", "0.5");
        var uids = Enumerable.Range(0, 400).Select(i => new Guid(unchecked(i * (int)2654435761), 1, 2, new byte[8]));

        var taken = 0;
        foreach (var uid in uids.Select(uid => uid.ToString()))
        {
            var root = Decide(sampler, RunTrace.RootContext(uid), RunTrace.TraceIDOf(uid));
            Assert.Equal(root, Decide(sampler, RunTrace.RunContext(uid), RunTrace.TraceIDOf(uid)));
            Assert.Equal(root, Decide(sampler, RunTrace.AgentContext(uid, 1), RunTrace.TraceIDOf(uid)));
            taken += root == SamplingDecision.RecordAndSample ? 1 : 0;
        }

        Assert.InRange(taken, 1, 399);
    }

    [Theory]
    [InlineData("sometimes", null)]
    [InlineData("traceidratio", "2")]
    [InlineData("traceidratio", "half")]
    public void Of_AnInvalidValue_NamesTheVariable(string name, string? argument) =>
        Assert.StartsWith("OTEL_TRACES_SAMPLER", Assert.Throws<FormatException>(() => RunSampler.Of(name, argument)).Message);

    private static SamplingDecision Decide(Sampler sampler, ActivityContext parent, ActivityTraceId trace) =>
        sampler.ShouldSample(new SamplingParameters(parent, trace, "span", ActivityKind.Internal)).Decision;
}
