using Stromboli.Gateway.Git.Protocol;
using static Stromboli.Gateway.Tests.Git.Pushes.Packets;

namespace Stromboli.Gateway.Tests.Git.Pushes;

public sealed class PushRulesTests
{
    private const string NotAllowed = "not allowed by this run: stromboli/*, release only";

    [Theory]
    [InlineData("refs/heads/stromboli/x", null)]
    [InlineData("refs/heads/stromboli/x/y", null)]
    [InlineData("refs/heads/release", null)]
    [InlineData("refs/heads/stromboli/PACK", null)]
    [InlineData("refs/heads/stromboli", NotAllowed)]
    [InlineData("refs/heads/stromboli/", NotAllowed)]
    [InlineData("refs/heads/stromboli//x", NotAllowed)]
    [InlineData("refs/heads/stromboli/../main", NotAllowed)]
    [InlineData("refs/heads/stromboli/.x", NotAllowed)]
    [InlineData("refs/heads/stromboli/-x", NotAllowed)]
    [InlineData("refs/heads/stromboli/x.lock", NotAllowed)]
    [InlineData("refs/heads/stromboli/x\n", NotAllowed)]
    [InlineData("refs/heads/stromboli/x y", NotAllowed)]
    [InlineData("refs/heads/stromboli/*", NotAllowed)]
    [InlineData("refs/heads/stromboli/@{x", NotAllowed)]
    [InlineData("refs/heads/Stromboli/x", NotAllowed)]
    [InlineData("refs/heads/release2", NotAllowed)]
    [InlineData("refs/heads/main", NotAllowed)]
    [InlineData("refs/tags/stromboli/x", NotAllowed)]
    [InlineData("refs/for/main", NotAllowed)]
    [InlineData("refs/drafts/main", NotAllowed)]
    [InlineData("refs/merge-requests/1/head", NotAllowed)]
    [InlineData("refs/pull/1/head", NotAllowed)]
    [InlineData("refs/heads", NotAllowed)]
    [InlineData("stromboli/x", NotAllowed)]
    [InlineData("HEAD", NotAllowed)]
    public void Creation_IsAllowedByTheNameOfTheBranch(string @ref, string? reason) =>
        Assert.Equal(reason, Refuse(new PushRules(["stromboli/*", "release"], Force: true), new PushCommand(Zero, One, @ref)));

    [Theory]
    [InlineData(false, One, true)]
    [InlineData(false, Two, false)]
    [InlineData(false, null, false)]
    [InlineData(true, null, true)]
    public void Move_NeedsForceOrABranchThatTheRunLeftThere(bool force, string? left, bool allowed)
    {
        var created = new Dictionary<string, string>();
        if (left is not null)
        {
            created["stromboli/x"] = left;
        }

        var reasons = new PushRules(["stromboli/*"], force).Refuse([new PushCommand(One, Two, "refs/heads/stromboli/x")], created);

        Assert.Equal(allowed, reasons is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Deletion_IsNeverAllowed(bool force) =>
        Assert.Equal(
            "not allowed by this run: no deletions",
            Refuse(new PushRules(["stromboli/*"], force), new PushCommand(One, Zero, "refs/heads/stromboli/x"))
        );

    [Fact]
    public void Push_WithOneRefusedCommand_IsRefusedWhole() =>
        Assert.Equal(
            ["not pushed, as the rest was refused", "not allowed by this run: stromboli/* only"],
            new PushRules(["stromboli/*"], Force: false).Refuse(
                [new PushCommand(Zero, One, "refs/heads/stromboli/x"), new PushCommand(Zero, One, "refs/heads/main")],
                new Dictionary<string, string>()
            )
        );

    [Fact]
    public void Push_OfOneBranchTwice_IsRefused() =>
        Assert.NotNull(
            new PushRules(["stromboli/*"], Force: true).Refuse(
                [new PushCommand(Zero, One, "refs/heads/stromboli/x"), new PushCommand(Zero, Two, "refs/heads/stromboli/x")],
                new Dictionary<string, string>()
            )
        );

    [Fact]
    public void Creation_OfVeryManyBranches_IsRefused() =>
        Assert.NotNull(
            new PushRules(["stromboli/*"], Force: true).Refuse(
                [new PushCommand(Zero, One, "refs/heads/stromboli/x")],
                Enumerable.Range(0, PushRules.MostCreated).ToDictionary(i => $"stromboli/{i}", _ => One)
            )
        );

    [Fact]
    public void Branch_OutsideAscii_IsComparedByItsBytes() =>
        Assert.Null(Refuse(new PushRules(["fix/größe"], Force: false), new PushCommand(Zero, One, GitText.ToWire("refs/heads/fix/größe"))));

    private static string? Refuse(PushRules rules, PushCommand command) =>
        rules.Refuse([command], new Dictionary<string, string>())?.Single();
}
