namespace Stromboli.ScriptedModel.Tests;

public sealed class ScriptLineTests
{
    [Fact]
    public void Parse_LinesWithAndWithoutAt_KeepsTheAnswersInOrder()
    {
        var lines = ScriptLine.Parse(
            "Please.\r\n@bash echo hi && ls\r\n mail me @home\n@nothing known\n@echo-result\n@recall\n@stall\n@status 529\n@say  Good bye "
        );

        Assert.Equal([Verb.Bash, Verb.EchoResult, Verb.Recall, Verb.Stall, Verb.Status, Verb.Say], lines.Select(line => line.Verb));
        Assert.Equal("echo hi && ls", lines[0].Argument);
        Assert.Equal("529", lines[4].Argument);
        Assert.Equal("Good bye", lines[5].Argument);
    }

    [Fact]
    public void Parse_SleepAndUsage_BelongToTheNextAnswerOnly()
    {
        var lines = ScriptLine.Parse("@sleep 2s\n@usage in=1000 out=500 cache-read=7\n@say a\n@say b");

        Assert.Equal(TimeSpan.FromSeconds(2), lines[0].Delay);
        Assert.Equal(new Usage(1000, 500, 7, 0, 0), lines[0].Usage);
        Assert.Equal(TimeSpan.Zero, lines[1].Delay);
        Assert.Equal(Usage.Default, lines[1].Usage);
    }

    [Fact]
    public void Parse_UsageBeyondTokens_IsRead()
    {
        var usage = ScriptLine
            .Parse(
                "@usage in=1 web-search=2 web-fetch=3 iteration=compaction:4:5 iteration=advisor_message:6:7:m unknown=x:8 iteration=bad unknown=bad\n@say a"
            )[0]
            .Usage;

        Assert.Equal((1, 2, 3), (usage.Input, usage.WebSearches, usage.WebFetches));
        Assert.Equal([new Iteration("compaction", 4, 5, null), new Iteration("advisor_message", 6, 7, "m")], usage.Iterations);
        Assert.Equal([("x", 8L)], usage.Unknown);
    }

    [Fact]
    public void Parse_SleepAtTheEnd_HoldsForTheOkThatFollows()
    {
        var lines = ScriptLine.Parse("@bash a\n@sleep 60s");

        Assert.Equal([Verb.Bash, Verb.Say], lines.Select(line => line.Verb));
        Assert.Equal(ScriptLine.Default with { Delay = TimeSpan.FromSeconds(60) }, lines[1]);
    }

    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5s", 1.5)]
    [InlineData("3m", 180)]
    [InlineData("2", 2)]
    public void TryDuration_Known_Reads(string text, double seconds)
    {
        Assert.True(ScriptLine.TryDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }
}
