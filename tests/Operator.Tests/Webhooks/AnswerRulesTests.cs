using System.Net;
using System.Net.Http.Headers;
using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class AnswerRulesTests
{
    [Theory]
    [InlineData(200, nameof(DeliveryOutcome.Delivered), false)]
    [InlineData(204, nameof(DeliveryOutcome.Delivered), false)]
    [InlineData(299, nameof(DeliveryOutcome.Delivered), false)]
    [InlineData(301, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(304, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(307, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(400, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(401, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(404, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(410, nameof(DeliveryOutcome.Gone), false)]
    [InlineData(415, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(429, nameof(DeliveryOutcome.Failed), true)]
    [InlineData(500, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(502, nameof(DeliveryOutcome.Failed), true)]
    [InlineData(503, nameof(DeliveryOutcome.Failed), false)]
    [InlineData(504, nameof(DeliveryOutcome.Failed), true)]
    public void Judge_Status_IsAsStandardWebhooksSays(int status, string outcome, bool slowDown)
    {
        var result = AnswerRules.Judge((HttpStatusCode)status, retryAfter: null, WebhookCases.Now);

        Assert.Equal((outcome, slowDown, status), (result.Outcome.ToString(), result.IsSlowDown, result.StatusCode));
        Assert.Equal(outcome == nameof(DeliveryOutcome.Delivered), result.Error is null);
    }

    [Fact]
    public void Judge_RetryAfter_IsReadInBothForms()
    {
        Assert.Equal(TimeSpan.FromSeconds(7), Wait(new(TimeSpan.FromSeconds(7))));
        Assert.Equal(TimeSpan.FromMinutes(1), Wait(new(WebhookCases.Now.AddMinutes(1))));
        Assert.Null(Wait(new(WebhookCases.Now.AddMinutes(-1))));
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue header) =>
        AnswerRules.Judge(HttpStatusCode.ServiceUnavailable, header, WebhookCases.Now).RetryAfter;
}
