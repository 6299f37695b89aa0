using System.Text.Json;
using Stromboli.Kubernetes.Model;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Model;

public sealed class ModelTests
{
    [Fact]
    public void Lease_Json_TimesHaveSixDigits()
    {
        var lease = new Lease
        {
            Spec = new() { RenewTime = new DateTimeOffset(2026, 1, 2, 5, 4, 5, TimeSpan.FromHours(2)).AddTicks(1234567) },
        };

        var json = JsonSerializer.Serialize(lease, KubernetesJson.Default.Lease);

        Assert.Contains("\"renewTime\":\"2026-01-02T03:04:05.123456Z\"", json, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"Lease\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("null", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Condition_Json_TimeHasWholeSeconds()
    {
        var status = new WidgetStatus
        {
            Conditions =
            [
                new() { Type = "Ready", LastTransitionTime = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMilliseconds(678) },
            ],
        };

        var json = JsonSerializer.Serialize(new Widget { Status = status }, Widget.Type.Json);

        Assert.Contains("\"lastTransitionTime\":\"2026-01-02T03:04:05Z\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void ObjectMeta_AbsentOrNullFields_AreNull()
    {
        var secret = JsonSerializer.Deserialize(
            """{"metadata":{"name":"a","creationTimestamp":null,"managedFields":[{"manager":"x"}]}}""",
            KubernetesJson.Default.Secret
        )!;

        Assert.Null(secret.Metadata.CreationTimestamp);
        Assert.Equal("v1", secret.ApiVersion);
        Assert.Equal("Secret", secret.Kind);
        Assert.Equal(JsonValueKind.Array, secret.Metadata.ManagedFields!.Value.ValueKind);
        Assert.NotNull(JsonSerializer.Deserialize("{}", KubernetesJson.Default.Secret)!.Metadata);
    }

    [Fact]
    public void Conditions_SameStatus_KeepsItsTime()
    {
        var clock = new ManualTimeProvider();
        var first = Conditions.Set(
            null,
            new()
            {
                Type = "Ready",
                Status = ConditionStatus.False,
                Reason = "A",
                ObservedGeneration = 1,
            },
            clock
        );
        clock.Advance(TimeSpan.FromSeconds(5.5));
        var second = Conditions.Set(
            first,
            new()
            {
                Type = "Ready",
                Status = ConditionStatus.False,
                Reason = "B",
                ObservedGeneration = 2,
            },
            clock
        );
        var third = Conditions.Set(
            second,
            new()
            {
                Type = "Ready",
                Status = ConditionStatus.True,
                Reason = "C",
                ObservedGeneration = 2,
            },
            clock
        );

        Assert.Equal(first[0].LastTransitionTime, second[0].LastTransitionTime);
        Assert.Equal(("B", 2), (second[0].Reason, second[0].ObservedGeneration));
        Assert.Equal(first[0].LastTransitionTime.AddSeconds(5), third[0].LastTransitionTime);
        Assert.Equal("A", first[0].Reason);
        Assert.True(Conditions.IsTrue(third, "Ready"));
        Assert.Empty(Conditions.Remove(third, "Ready"));
    }

    [Theory]
    [InlineData("app=x", true)]
    [InlineData("app=y", false)]
    public void LabelSelector_MatchLabels_AllMustMatch(string label, bool expected)
    {
        var selector = new LabelSelector { MatchLabels = new() { [label.Split('=')[0]] = label.Split('=')[1] } };

        Assert.Equal(expected, selector.Matches(new Dictionary<string, string> { ["app"] = "x", ["b"] = "c" }));
    }

    [Theory]
    [InlineData("In", "app", true)]
    [InlineData("NotIn", "app", false)]
    [InlineData("NotIn", "absent", true)]
    [InlineData("In", "absent", false)]
    [InlineData("Exists", "app", true)]
    [InlineData("Exists", "absent", false)]
    [InlineData("DoesNotExist", "absent", true)]
    [InlineData("DoesNotExist", "app", false)]
    [InlineData("Nonsense", "app", false)]
    public void LabelSelector_Expressions_AsKubernetesDefinesThem(string op, string key, bool expected)
    {
        var selector = new LabelSelector
        {
            MatchExpressions =
            [
                new()
                {
                    Key = key,
                    Operator = op,
                    Values = ["x", "y"],
                },
            ],
        };

        Assert.Equal(expected, selector.Matches(new Dictionary<string, string> { ["app"] = "x" }));
    }

    [Fact]
    public void LabelSelector_Empty_SelectsEverything() => Assert.True(new LabelSelector().Matches(null));

    [Theory]
    [InlineData("ns/a", "ns", "a")]
    [InlineData("a", "", "a")]
    public void NamespacedName_TextAndBack_Same(string text, string scope, string name)
    {
        Assert.Equal(new NamespacedName(scope, name), NamespacedName.Parse(text));
        Assert.Equal(text, new NamespacedName(scope, name).ToString());
    }
}
