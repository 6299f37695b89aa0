using System.Diagnostics.Metrics;
using System.Net;
using System.Text.Json.Nodes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes.Tests.Client;

public sealed class KubeClientTests : ApiServerTest
{
    [Fact]
    public async Task TryGet_NoObject_Null() => Assert.Null(await Client.TryGetAsync(Widget.Type, A, End));

    [Fact]
    public async Task Get_NoObject_NotFoundWithTheServersReason()
    {
        var failure = await Assert.ThrowsAsync<ApiException>(() => Client.GetAsync(Widget.Type, A, End));

        Assert.True(failure.IsNotFound);
        Assert.Equal("NotFound", failure.Reason);
        Assert.Contains("widgets \"a\" not found", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task Delete_NoName_RefusedBeforeItBecomesADeleteOfAll(string name)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Client.DeleteAsync(Widget.Type, new("ns", name), cancellationToken: End));

        Assert.Empty(Server.Requests);
    }

    [Fact]
    public async Task Get_NamespacedKindWithoutNamespace_Refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Client.GetAsync(Widget.Type, NamespacedName.Cluster("a"), End));

    [Fact]
    public async Task Create_ThenGet_SameObject()
    {
        var created = await Client.CreateAsync(
            BuiltIn.Secrets,
            new Secret
            {
                Metadata = new() { Namespace = "ns", Name = "s" },
                Data = new() { ["k"] = [1, 2, 3] },
            },
            "me",
            End
        );
        var read = await Client.GetAsync(BuiltIn.Secrets, new("ns", "s"), End);

        Assert.Equal(created.Metadata.Uid, read.Metadata.Uid);
        Assert.Equal([1, 2, 3], read.Data!["k"]);
        Assert.NotNull(read.Metadata.CreationTimestamp);
        Assert.Contains(Server.Requests, r => r is { Method: "POST", Path: "/api/v1/namespaces/ns/secrets", Query: "?fieldManager=me" });
    }

    [Fact]
    public async Task Create_NameTaken_IsAlreadyExistsAndNotAConflict()
    {
        await CreateAsync("a");

        var failure = await Assert.ThrowsAsync<ApiException>(() => CreateAsync("a"));

        Assert.True(failure.IsAlreadyExists);
        Assert.False(failure.IsConflict);
    }

    [Fact]
    public async Task ReplaceStatus_StaleVersion_Conflict()
    {
        var first = await CreateAsync("a");
        var second = await Client.ReplaceStatusAsync(Widget.Type, first with { Status = new() { Phase = "One" } }, cancellationToken: End);

        var failure = await Assert.ThrowsAsync<ApiException>(() =>
            Client.ReplaceStatusAsync(Widget.Type, first with { Status = new() { Phase = "Two" } }, cancellationToken: End)
        );

        Assert.True(failure.IsConflict);
        Assert.Equal("One", (await Client.GetAsync(Widget.Type, A, End)).Status!.Phase);
        Assert.Equal(first.Metadata.Generation, second.Metadata.Generation);
    }

    [Fact]
    public async Task ReplaceStatus_NoVersion_Refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Client.ReplaceStatusAsync(Widget.Type, Widget.Named("a"), cancellationToken: End)
        );

    [Fact]
    public async Task MergePatch_WithStaleVersion_Conflict()
    {
        var first = await CreateAsync("a");
        await Client.MergePatchAsync(
            Widget.Type,
            A,
            new JsonObject { ["status"] = new JsonObject { ["phase"] = "One" } },
            "status",
            cancellationToken: End
        );

        var stale = new JsonObject
        {
            ["metadata"] = new JsonObject { ["resourceVersion"] = first.Metadata.ResourceVersion },
            ["status"] = new JsonObject { ["phase"] = "Two" },
        };
        var failure = await Assert.ThrowsAsync<ApiException>(() =>
            Client.MergePatchAsync(Widget.Type, A, stale, "status", cancellationToken: End)
        );

        Assert.True(failure.IsConflict);
    }

    [Fact]
    public async Task Apply_NoObject_CreatesIt()
    {
        var applied = await Client.ApplyAsync(Widget.Type, Widget.Named("a", "node-1"), "me", cancellationToken: End);

        Assert.Equal("node-1", applied.Spec!.Node);
        Assert.Contains(
            Server.Requests,
            r => r is { Method: "PATCH", ContentType: "application/apply-patch+yaml", Query: "?fieldManager=me&force=true" }
        );
    }

    [Fact]
    public async Task Delete_OtherUid_Conflict()
    {
        var created = await CreateAsync("a");

        var failure = await Assert.ThrowsAsync<ApiException>(() =>
            Client.DeleteAsync(Widget.Type, A, new() { Preconditions = new() { Uid = "other" } }, End)
        );

        Assert.True(failure.IsConflict);
        Assert.True(await Client.DeleteAsync(Widget.Type, A, new() { Preconditions = new() { Uid = created.Metadata.Uid } }, End));
        Assert.False(await Client.DeleteAsync(Widget.Type, A, cancellationToken: End));
    }

    [Fact]
    public async Task List_SeveralPages_AllOfOneSnapshot()
    {
        foreach (var name in (string[])["a", "b", "c", "d", "e"])
        {
            await CreateAsync(name);
        }

        List<string> seen = [];

        await foreach (var widget in Client.ListAsync(Widget.Type, new() { Limit = 2 }, End))
        {
            if (seen.Count == 0)
            {
                await Client.DeleteAsync(Widget.Type, new("ns", "e"), cancellationToken: End);
            }

            seen.Add(widget.Metadata.Name!);
        }

        Assert.Equal(["a", "b", "c", "d", "e"], seen);
        Assert.Equal(3, Server.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task ListPage_NullItems_Empty()
    {
        Server.Intercept = async (context, _) =>
        {
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(
                context.Response,
                """{"kind":"WidgetList","metadata":{"resourceVersion":"1"},"items":null}"""
            );
            return true;
        };

        Assert.Empty((await Client.ListPageAsync(Widget.Type, cancellationToken: End)).Items);
    }

    [Fact]
    public async Task CreateToken_ServiceAccount_PostsToItsSubresource()
    {
        Server.Answers["serviceaccounts/token"] = body =>
        {
            body["status"] = new JsonObject { ["token"] = "t", ["expirationTimestamp"] = "2026-01-01T00:00:00Z" };
            return (JsonObject)body.DeepClone();
        };

        var answer = await Client.CreateTokenAsync(
            new("ns", "sa"),
            new()
            {
                Spec = new() { Audiences = ["stromboli"], ExpirationSeconds = 600 },
            },
            End
        );

        Assert.Equal("t", answer.Status!.Token);
        Assert.Contains(Server.Requests, r => r.Path == "/api/v1/namespaces/ns/serviceaccounts/sa/token");
    }

    [Fact]
    public async Task TokenReview_Create_AnswerHasUserAndExtra()
    {
        Server.Answers["tokenreviews"] = body =>
        {
            body["status"] = JsonNode.Parse(
                """{"authenticated":true,"audiences":["stromboli"],"user":{"username":"u","extra":{"authentication.kubernetes.io/pod-name":["p"]}}}"""
            );
            return (JsonObject)body.DeepClone();
        };

        var review = await Client.CreateAsync(
            BuiltIn.TokenReviews,
            new()
            {
                Spec = new() { Token = "t", Audiences = ["stromboli"] },
            },
            cancellationToken: End
        );

        Assert.True(review.Status!.Authenticated);
        Assert.Equal("p", review.Status.User!.Extra!["authentication.kubernetes.io/pod-name"][0]);
    }

    [Fact]
    public async Task Response_LargerThanTheLimit_Refused()
    {
        await CreateAsync("a", new string('x', 5000));
        using var client = NewClient(
            new()
            {
                MaxResponseBytes = 4000,
                MaxRetries = 3,
                RetryDelay = TimeSpan.FromMilliseconds(1),
            }
        );
        var before = Server.Requests.Count;

        var failure = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.Equal(("ResponseTooLarge", true), (failure.Reason, failure.IsTooLarge));
        // It would be too large again.
        Assert.Equal(before + 1, Server.Requests.Count);
    }

    [Fact]
    public async Task Write_GuardForbids_NotSent()
    {
        using var client = NewClient(new() { BeforeWrite = () => throw new NotLeaderException() });

        await Assert.ThrowsAsync<NotLeaderException>(() => client.CreateAsync(Widget.Type, Widget.Named("a"), cancellationToken: End));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.DoesNotContain(Server.Requests, r => r.Method == "POST");
    }

    [Fact]
    public async Task Review_GuardForbidsWrites_IsSentAndRetried()
    {
        using var client = NewClient(
            new() { BeforeWrite = () => throw new NotLeaderException(), RetryDelay = TimeSpan.FromMilliseconds(1) }
        );
        Server.Answers["subjectaccessreviews"] = body =>
            new()
            {
                ["spec"] = body["spec"]!.DeepClone(),
                ["status"] = new JsonObject { ["allowed"] = true },
            };
        Fail(times: 1, 500);

        Assert.True(
            (await client.CreateAsync(BuiltIn.SubjectAccessReviews, new() { Spec = new() { User = "u" } }, cancellationToken: End))
                .Status!
                .Allowed
        );
    }

    [Fact]
    public async Task Requests_AreCounted_ByVerbResourceAndCode()
    {
        List<string> counted = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument is { Name: "kubernetes.client.requests", Meter.Name: KubeMetrics.MeterName })
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>(
            (_, _, tags, _) =>
            {
                var text = string.Join(' ', tags.ToArray().Select(t => t.Value));
                lock (counted)
                {
                    counted.Add(text);
                }
            }
        );
        listener.Start();
        var type = Widget.Type with { Plural = "counted" };

        await Client.TryGetAsync(type, A, End);
        await Client.CreateAsync(type, Widget.Named("a"), cancellationToken: End);
        await Client.MergePatchAsync(
            type,
            A,
            new JsonObject { ["status"] = new JsonObject { ["phase"] = "x" } },
            "status",
            cancellationToken: End
        );

        lock (counted)
        {
            Assert.Equal(
                ["get example.com counted  404", "create example.com counted  201", "patch example.com counted status 200"],
                counted.Where(c => c.Contains("counted", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task Get_ServerAbsent_NoAnswerIsTransient()
    {
        using var client = NewClient(
            new() { MaxRetries = 1, RetryDelay = TimeSpan.FromMilliseconds(1) },
            config: new() { Server = new("http://127.0.0.1:1") }
        );

        var failure = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.Null(failure.StatusCode);
        Assert.Equal("NoAnswer", failure.Reason);
        Assert.True(failure.IsTransient);
    }

    [Fact]
    public async Task Server_BehindAPath_PathIsKept()
    {
        using var client = NewClient(config: new() { Server = new(Server.Address, "/k8s/clusters/c-1/") });

        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.Contains(Server.Requests, r => r.Path == "/k8s/clusters/c-1/apis/example.com/v1/namespaces/ns/widgets/a");
    }

    [Fact]
    public async Task Answer_NotJson_Unreadable()
    {
        Server.Intercept = async (context, _) =>
        {
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<html>");
            return true;
        };

        var failure = await Assert.ThrowsAsync<ApiException>(() => Client.GetAsync(Widget.Type, A, End));

        Assert.Equal("Unreadable", failure.Reason);
        Assert.Equal(HttpStatusCode.OK, failure.StatusCode);
        Assert.False(failure.IsTransient);
    }
}
