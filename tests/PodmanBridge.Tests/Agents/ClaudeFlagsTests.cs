using System.Reflection;
using Stromboli.Crds.Runs;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Tests.Agents;

public sealed class ClaudeFlagsTests
{
    private static readonly (ClaudeOptions Options, string Version, string? Unknown)[] Table =
    [
        (new() { Model = "x" }, "2.0.0", null),
        (
            new() { Model = "x" },
            "1.0.100",
            "spec.agent.claude.model cannot be used with the node's Claude Code 1.0.100: it is known from 2.0.0 on."
        ),
        (
            new() { MaxBudgetUSD = "1" },
            "2.0.27",
            "spec.agent.claude.maxBudgetUSD cannot be used with the node's Claude Code 2.0.27: it is known from 2.0.28 on."
        ),
        (new() { MaxBudgetUSD = "1" }, "2.0.28", null),
        (new() { Effort = "low" }, "2.1.50", null),
        (
            new() { Effort = "xhigh" },
            "2.1.50",
            "spec.agent.claude.effort: xhigh cannot be used with the node's Claude Code 2.1.50: it is known from 2.1.111 on."
        ),
        (new() { PermissionMode = "delegate" }, "2.0.77", null),
        (
            new() { PermissionMode = "delegate" },
            "2.1.329",
            "spec.agent.claude.permissionMode: delegate cannot be used with the node's Claude Code 2.1.329: it is not known any more from 2.1.50 on."
        ),
        (
            new() { JsonSchema = "{}" },
            "2.0.1",
            "spec.agent.claude.jsonSchema (or spec.output.jsonSchema) cannot be used with the node's Claude Code 2.0.1: it is known from 2.0.45 on."
        ),
        (new() { NoPersistence = false, StrictMcpConfig = false }, "1.0.0", null),
        (
            new() { PromptCachingTTL = "1h" },
            "2.1.107",
            "spec.agent.claude.promptCachingTTL cannot be used with the node's Claude Code 2.1.107: it is known from 2.1.108 on."
        ),
        (
            new() { ForkSession = true, Continue = true },
            "2.0.60",
            "spec.agent.claude.forkSession cannot be used with the node's Claude Code 2.0.60: it is known from 2.0.73 on."
        ),
        (new() { Resume = true, Continue = true }, "2.0.0", null),
        (
            new() { Files = ["a:b"] },
            "2.0.77",
            "spec.agent.claude.files cannot be used with the node's Claude Code 2.0.77: it is known from 2.1.50 on."
        ),
        (
            new()
            {
                Files = [],
                ForkSession = false,
                Resume = false,
            },
            "2.0.0",
            null
        ),
        (new() { Effort = "xhigh" }, "", null),
        (new() { Effort = "xhigh" }, "unknown", null),
    ];

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, Table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void Unknown_OptionsAndVersion_NamesFieldAndVersion(int row) =>
        Assert.Equal(Table[row].Unknown, ClaudeFlags.Unknown(Table[row].Options, Table[row].Version));

    [Fact]
    public void Unknown_VersionThatCouldNotBeAsked_IsLeftToTheCli() =>
        Assert.Null(ClaudeFlags.Unknown(new() { Effort = "xhigh" }, version: null));

    [Fact]
    public void All_HasEveryField()
    {
        var fields = typeof(ClaudeOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.Name != "EqualityContract")
            .Select(p => p.Name);

        Assert.Equal(
            fields.Order(StringComparer.Ordinal),
            ClaudeFlags.All.Select(flag => flag.Field).Distinct().Order(StringComparer.Ordinal)
        );
    }
}
