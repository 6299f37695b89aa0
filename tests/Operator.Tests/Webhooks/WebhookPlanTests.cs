using Stromboli.Crds.Runs;
using Stromboli.Operator.Webhooks;
using static Stromboli.Operator.Tests.Webhooks.WebhookCases;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookPlanTests
{
    private static readonly HashSet<DeliveryKey> Idle = [];
    private static readonly DeliveryResult Success = new() { Outcome = DeliveryOutcome.Delivered, StatusCode = 204 };

    [Theory]
    [InlineData(RunPhase.Preparing, "", "")]
    [InlineData(RunPhase.Running, "", "Started")]
    [InlineData(RunPhase.Succeeded, "Succeeded", "Started Succeeded")]
    [InlineData(RunPhase.Failed, "Failed", "Started Failed")]
    [InlineData(RunPhase.Cancelled, "Cancelled", "Started Cancelled")]
    public void Of_APhase_SendsTheEventsThatHaveHappened(RunPhase phase, string ends, string all)
    {
        Assert.Equal(ends, Sent(Run(phase, Webhook())));
        Assert.Equal(all, Sent(Run(phase, Webhook(Url, "Started", "Succeeded", "Failed", "Cancelled"))));
        Assert.Equal(phase == RunPhase.Failed ? "Failed" : "", Sent(Run(phase, Webhook(Url, "Failed"))));
    }

    [Fact]
    public void Of_AnUntouchedDelivery_StoresNothingAndDoesNotSendItTwice()
    {
        var run = Run(RunPhase.Succeeded, Webhook());

        var first = Plan(run, Now);
        var second = WebhookPlan.Of(run, [], new HashSet<DeliveryKey> { first.Send[0].Key }, WebhookSchedule.Default, Now, () => 0);

        Assert.Null(first.Store);
        Assert.Empty(second.Send);
        Assert.Null(second.LookAgain);
    }

    [Fact]
    public void Of_Success_IsTheEnd()
    {
        var run = Run(RunPhase.Succeeded, Webhook());

        var plan = Plan(run, Now, End(run, Success));

        var delivery = Assert.Single(plan.Store!);
        Assert.Equal(
            (true, 1, 204, null, null),
            (delivery.Delivered, delivery.Attempts, delivery.LastStatusCode, delivery.LastError, delivery.Failed)
        );
        Assert.Equal($"run_{Uid}_succeeded", delivery.ID);
        Assert.Equal(delivery, Assert.Single(plan.Ended));
        AssertQuiet(Plan(run.WithDeliveries(plan.Store), Now.AddDays(1)));
    }

    [Fact]
    public void Of_Failures_FollowsTheScheduleAndGivesUp()
    {
        var run = Run(RunPhase.Failed, Webhook());
        var now = Now;
        List<TimeSpan> waits = [];
        for (var i = 0; i < 10; i++)
        {
            // Each attempt is planned by another operator, which knows nothing but the stored run.
            Assert.Single(Plan(run, now).Send);
            var plan = Plan(run, now, End(run, DeliveryResult.Failure("It broke."), now));
            run = run.WithDeliveries(plan.Store);
            if (plan.LookAgain is not { } next)
            {
                break;
            }

            Assert.Empty(Plan(run, next.AddSeconds(-1)).Send);
            waits.Add(next - now);
            now = next;
        }

        Assert.Equal(WebhookSchedule.Default.Delays.Skip(1), waits);
        var delivery = Assert.Single(run.Status!.Webhooks!);
        Assert.Equal((true, 10, "It broke."), (delivery.Failed, delivery.Attempts, delivery.LastError));
        AssertQuiet(Plan(run, now.AddDays(9)));
    }

    [Fact]
    public void Of_Gone_GivesUpAtOnce()
    {
        var run = Run(RunPhase.Failed, Webhook());

        var plan = Plan(
            run,
            Now,
            End(
                run,
                new()
                {
                    Outcome = DeliveryOutcome.Gone,
                    StatusCode = 410,
                    Error = "no",
                }
            )
        );

        Assert.Equal((true, 1), (plan.Store![0].Failed, plan.Store[0].Attempts));
        Assert.Single(plan.Ended);
    }

    [Fact]
    public void Of_AWaitForTheSecret_CountsNoAttemptAndEndsWithTheSchedule()
    {
        var run = Run(RunPhase.Succeeded, Webhook());
        var waits = DeliveryResult.Waits("Waiting for Secret.");

        var plan = Plan(run, Now, End(run, waits));
        Assert.Equal((0, "Waiting for Secret."), (plan.Store![0].Attempts, plan.Store[0].LastError));
        Assert.Equal(Now.AddSeconds(5), plan.LookAgain);

        run = run.WithDeliveries(plan.Store);
        Assert.Equal("Succeeded", Sent(run, Now.AddSeconds(5)));
        var late = Plan(run, Now.AddHours(80), End(run, waits, Now.AddHours(80)));
        Assert.Equal((true, 0), (late.Store![0].Failed, late.Store[0].Attempts));
    }

    [Fact]
    public void Of_AnotherAnnotation_DeliversAgainWithTheSameID()
    {
        var run = Run(RunPhase.Succeeded, Webhook());
        run = run.WithDeliveries(Plan(run, Now, End(run, Success)).Store);

        var asked = Plan(run.AskedBy("1"), Now);
        Assert.Equal((null, 0, "1"), (asked.Store![0].Delivered, asked.Store[0].Attempts, asked.Store[0].Redelivery));
        Assert.Equal("1", Assert.Single(asked.Send).Redelivery);

        // An attempt from before does not count for it.
        var stale = Plan(run.AskedBy("1"), Now, End(run, Success));
        Assert.Single(stale.Send);

        var again = run.AskedBy("1").WithDeliveries(asked.Store);
        var done = Plan(again, Now, new DeliveryEnd(asked.Send[0], Now, Success));
        Assert.Equal((true, run.Status!.Webhooks![0].ID), (done.Store![0].Delivered, done.Store[0].ID));
        AssertQuiet(Plan(again.WithDeliveries(done.Store), Now));
        AssertQuiet(Plan(again.WithDeliveries(done.Store).AskedBy(null), Now));
    }

    [Fact]
    public void Of_TwoHundredRunsOverRestarts_EachArrivesOnceAndTrue()
    {
        var random = new Random(1);
        Dictionary<string, List<string>> arrived = [];
        RunPhase[] ends = [RunPhase.Succeeded, RunPhase.Failed, RunPhase.Cancelled];
        for (var i = 0; i < 200; i++)
        {
            var run = Run(ends[i % 3], Webhook());
            run = run with { Metadata = run.Metadata with { Uid = $"uid-{i}" } };
            var now = Now;
            while (true)
            {
                var plan = Plan(run, now);
                if (plan.Send is [var sent])
                {
                    // The receiver is away for ten minutes. An operator may die between the answer and the write.
                    var isBack = now - Now > TimeSpan.FromMinutes(10);
                    if (isBack)
                    {
                        (arrived.TryGetValue(sent.UID, out var events) ? events : arrived[sent.UID] = []).Add(sent.Event);
                    }

                    if (random.Next(4) > 0)
                    {
                        plan = Plan(run, now, new DeliveryEnd(sent, now, isBack ? Success : DeliveryResult.Failure("away")));
                        run = run.WithDeliveries(plan.Store);
                    }
                }

                if (run.Status!.Webhooks is [{ Delivered: true }])
                {
                    break;
                }

                now = plan.LookAgain ?? now;
            }

            Assert.NotEmpty(arrived[$"uid-{i}"]);
            Assert.All(arrived[$"uid-{i}"], told => Assert.Equal($"{ends[i % 3]}", told));
        }
    }

    private static WebhookPlan Plan(AgentRun run, DateTimeOffset now, params DeliveryEnd[] ends) =>
        WebhookPlan.Of(run, ends, Idle, WebhookSchedule.Default, now, () => 0);

    private static DeliveryEnd End(AgentRun run, DeliveryResult result, DateTimeOffset? at = null) =>
        new(Plan(run.AskedBy(null), at ?? Now).Send is [var sent, ..] ? sent : DeliveryTo(), at ?? Now, result);

    private static string Sent(AgentRun run, DateTimeOffset? now = null) =>
        string.Join(' ', Plan(run, now ?? Now).Send.Select(delivery => delivery.Event));

    private static void AssertQuiet(WebhookPlan plan)
    {
        Assert.Null(plan.Store);
        Assert.Empty(plan.Send);
        Assert.Empty(plan.Ended);
        Assert.Null(plan.LookAgain);
    }
}
