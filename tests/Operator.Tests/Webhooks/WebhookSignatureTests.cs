using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookSignatureTests
{
    private const string ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";

    [Fact]
    public void Of_TheCommonVector_IsWhatTheReferenceLibrariesMake() =>
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", Sign(WebhookCases.Secret));

    [Fact]
    public void Of_TwoSecrets_HasASignatureForEach()
    {
        const string other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

        Assert.Equal($"{Sign(other)} {Sign(WebhookCases.Secret)}", Sign(other, WebhookCases.Secret));
        Assert.NotEqual(Sign(other), Sign(WebhookCases.Secret));
    }

    private static string Sign(params string[] secrets) =>
        WebhookSignature.Of(secrets, ID, DateTimeOffset.FromUnixTimeSeconds(1614265330), WebhookCases.Bytes("""{"test": 2432232314}"""));
}
