using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Informers;

/// <summary>An unreadable object does not hide the others from an informer.</summary>
public sealed class UnreadableTests : ApiServerTest
{
    [Fact]
    public async Task Run_UnreadableObject_OthersAreListedAndWatched()
    {
        await CreateAsync("a");
        await CreateAsync("bad");
        await SpoilAsync("bad");

        var informer = StartInformer();
        await informer.WaitForSyncAsync(End);
        await Eventually.True(() => Server.OpenWatches == 1);
        await CreateAsync("b");
        await Eventually.True(() => informer.Store.Count == 2);

        Assert.Equal(["a", "b"], informer.Store.List().Select(w => w.Metadata.Name!).Order());
        Assert.Single(ListRequests);
    }

    [Fact]
    public async Task Run_ObjectBecomesUnreadable_StaysAsItWasUntilItIsGone()
    {
        await CreateAsync("a", "node");
        await CreateAsync("b");
        var informer = StartInformer();
        await informer.WaitForSyncAsync(End);
        await Eventually.True(() => Server.OpenWatches == 1);

        await SpoilAsync("a");
        await CreateAsync("c");
        await Eventually.True(() => informer.Store.Count == 3);
        Assert.Equal("node", informer.Store.Get(A)?.Spec?.Node);

        // A list does not end it either.
        Server.Objects.Compact();
        Server.EndWatches();
        await CreateAsync("d");
        await Eventually.True(() => informer.Store.Count == 4);
        Assert.Equal("node", informer.Store.Get(A)?.Spec?.Node);

        await Assert.ThrowsAsync<ApiException>(() => Client.GetAsync(Widget.Type, A, End));
        Assert.True(await Client.DeleteAsync(Widget.Type, A, cancellationToken: End));
        await Eventually.True(() => informer.Store.Get(A) is null);
        Assert.Equal(3, informer.Store.Count);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(9_990)]
    public void ReadList_NestedAsDeepAsTheApiServerAllows_IsRead(int depth)
    {
        var nested = string.Concat(Enumerable.Repeat("""{"f:a":""", depth)) + "{}" + new string('}', depth);
        var list =
            $$$"""{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a","managedFields":[{"fieldsV1":{{{nested}}}}]}}]}""";

        var read = ObjectReader.ReadList(Encoding.UTF8.GetBytes(list), BuiltIn.Secrets);

        Assert.Equal("a", Assert.Single(read.Items).Metadata.Name);
        Assert.Empty(read.Unreadable);
    }

    [Fact]
    public void ReadList_SomeItemsUnreadable_ReadsTheOthers()
    {
        const string list = """
            {"items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b","namespace":"ns","uid":"u"},"data":[1]},{"metadata":{"name":"c"}}],
             "metadata":{"resourceVersion":"7","continue":"next"}}
            """;

        var read = ObjectReader.ReadList(Encoding.UTF8.GetBytes(list), BuiltIn.Secrets);

        Assert.Equal(["a", "c"], read.Items.Select(s => s.Metadata.Name!));
        var unreadable = Assert.Single(read.Unreadable);
        Assert.Equal((new NamespacedName("ns", "b"), "u"), (unreadable.Key, unreadable.Uid));
        Assert.Equal(("7", "next"), (read.Metadata.ResourceVersion, read.Metadata.Continue));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{\"items\":[{}")]
    [InlineData("{\"items\":[{\"data\":[1]}]}")]
    [InlineData("not JSON")]
    public void ReadList_NoList_Throws(string text) =>
        Assert.ThrowsAny<JsonException>(() => ObjectReader.ReadList(Encoding.UTF8.GetBytes(text), BuiltIn.Secrets));

    private IEnumerable<RecordedRequest> ListRequests =>
        Server.Requests.Where(r =>
            r.Method == "GET"
            && !r.Query.Contains("watch=true", StringComparison.Ordinal)
            && r.Path.EndsWith("/widgets", StringComparison.Ordinal)
        );

    private async Task SpoilAsync(string name)
    {
        var patch = new JsonObject { ["spec"] = new JsonObject { ["node"] = 5 } };
        var stored = await Assert.ThrowsAsync<ApiException>(() =>
            Client.MergePatchAsync(Widget.Type, new("ns", name), patch, cancellationToken: End)
        );
        Assert.Equal("Unreadable", stored.Reason);
    }
}
