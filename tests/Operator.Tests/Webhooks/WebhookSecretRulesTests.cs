using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookSecretRulesTests
{
    private const string NotASecret =
        "Waiting for Secret \"hook\": key secret is not a signing secret: it must be whsec_ and the base64 of 24 to 64 bytes, or two of these separated by a space during a rotation.";

    [Theory]
    [InlineData(WebhookCases.Secret, 1)]
    [InlineData(WebhookCases.Secret + "\n", 1)]
    [InlineData(WebhookCases.Secret + " whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", 2)]
    [InlineData(WebhookCases.Secret + "\nwhsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n", 2)]
    public void Check_Valid_GivesTheSecrets(string value, int count)
    {
        var (secrets, problem) = Check(value);

        Assert.Null(problem);
        Assert.Equal(count, secrets.Count);
        Assert.Equal(WebhookCases.Secret, secrets[0]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain text that someone typed")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData("whsec_")]
    [InlineData("whsec_bm90IGxvbmcgZW5vdWdo")]
    [InlineData("whsec_not-base64-but-url-safe_____")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMQ")]
    [InlineData("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData(WebhookCases.Secret + " " + WebhookCases.Secret + " " + WebhookCases.Secret)]
    public void Check_Invalid_IsRefusedWithASentenceThatNamesTheKey(string value) => Assert.Equal(NotASecret, Check(value).Problem);

    [Fact]
    public void Check_TooLong_IsRefused() => Assert.Equal(NotASecret, Check("whsec_" + Convert.ToBase64String(new byte[65])).Problem);

    [Fact]
    public void Check_WithoutUse_SaysWhichAnnotationIsMissing() =>
        Assert.Equal(
            "Waiting for Secret \"hook\": it may not be used as webhook. Allow it with the annotation stromboli.dev/use-as: webhook (separate several uses with commas).",
            Check(WebhookCases.Secret, use: "env").Problem
        );

    [Fact]
    public void Check_MissingOrUnreadable_IsWaitedFor()
    {
        Assert.Contains("not found", WebhookSecretRules.Check("hook", "secret", new(null, null)).Problem, StringComparison.Ordinal);
        Assert.Contains(
            "may not read it",
            WebhookSecretRules.Check("hook", "secret", new(null, null, true)).Problem,
            StringComparison.Ordinal
        );
        Assert.Contains("has no key other", Check(WebhookCases.Secret, key: "other").Problem, StringComparison.Ordinal);
    }

    private static (IReadOnlyList<string> Secrets, string? Problem) Check(string value, string use = "webhook", string key = "secret") =>
        WebhookSecretRules.Check(
            "hook",
            key,
            new InputObject(
                new Secret
                {
                    Metadata = new ObjectMeta
                    {
                        Name = "hook",
                        Annotations = new() { [ModelSecretRules.UseAs] = use },
                    },
                    Data = new() { ["secret"] = WebhookCases.Bytes(value) },
                },
                ConfigMap: null
            )
        );
}
