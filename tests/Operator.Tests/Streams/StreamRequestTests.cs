using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Streams.Answers;
using Stromboli.Operator.Streams.Readers;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Tests.Streams;

public sealed class StreamRequestTests
{
    private const string Root = "/apis/streams.stromboli.dev/v1alpha1";

    [Theory]
    [InlineData($"{Root}/namespaces/ns/agentruns/a.b-c/log", "agentruns/log ns/a.b-c")]
    [InlineData($"{Root}/namespaces/ns/agentruns/a/files", "agentruns/files ns/a")]
    [InlineData($"{Root}/namespaces/ns/agentruns/a/diff", "agentruns/diff ns/a")]
    [InlineData($"{Root}/namespaces/ns/agentsessions/a/messages", "agentsessions/messages ns/a")]
    [InlineData($"{Root}/namespaces/ns/agentsessions/a/files", "agentsessions/files ns/a")]
    [InlineData($"{Root}/namespaces/ns/agentsessions/a/log", null)]
    [InlineData($"{Root}/namespaces/ns/agentruns/a", null)]
    [InlineData($"{Root}/namespaces/ns/agentruns/a/log/", null)]
    [InlineData($"{Root}/namespaces/ns/agentruns/a/log/more", null)]
    [InlineData($"{Root}/namespaces/n.s/agentruns/a/log", null)]
    [InlineData($"{Root}/namespaces/ns/agentruns/A/log", null)]
    [InlineData($"{Root}/namespaces/ns/agentruns/../log", null)]
    [InlineData($"{Root}/namespaces//agentruns/a/log", null)]
    [InlineData("/apis/stromboli.dev/v1alpha1/namespaces/ns/agentruns/a/log", null)]
    public void TryParse_Path_IsExact(string path, string? expected)
    {
        var route = StreamRoute.TryParse(path);

        Assert.Equal(expected, route is null ? null : $"{route.Resource.FullName} {route.Key}");
    }

    [Fact]
    public void TryParse_LongNames_AreRefused()
    {
        Assert.Null(StreamRoute.TryParse($"{Root}/namespaces/{new string('n', 64)}/agentruns/a/log"));
        Assert.Null(StreamRoute.TryParse($"{Root}/namespaces/ns/agentruns/{new string('n', 254)}/log"));
        Assert.NotNull(StreamRoute.TryParse($"{Root}/namespaces/{new string('n', 63)}/agentruns/{new string('n', 253)}/log"));
    }

    [Fact]
    public void Read_AllParameters_ReachTheNode()
    {
        Assert.Equal(
            new LogSource
            {
                RunUID = "uid",
                Attempt = 2,
                Follow = true,
                TailLines = 0,
                SinceSeconds = 5,
                Format = LogFormat.Json,
            },
            Source("agentruns/log", "?follow=true&tailLines=0&sinceSeconds=5&format=json&attempt=2&timeout=5s&pretty=true")
        );
        Assert.Equal(
            new LogSource
            {
                RunUID = "uid",
                Attempt = 2,
                Offset = 7,
            },
            Source("agentruns/log", "?offset=7&format=text&follow=0")
        );
        Assert.Equal(
            new FilesSource
            {
                RunUID = "uid",
                Path = "src/a b",
                Offset = 1,
                Limit = 2,
            },
            Source("agentruns/files", "?path=src/a%20b/&offset=1&limit=2")
        );
        Assert.Equal(
            new FilesSource
            {
                SessionUID = "uid",
                Path = "",
                Limit = 8 << 20,
            },
            Source("agentsessions/files", "?path=/")
        );
        Assert.Equal(new DiffSource { RunUID = "uid" }, Source("agentruns/diff", ""));
        Assert.Equal(new MessagesSource { SessionUID = "uid", Limit = 50 }, Source("agentsessions/messages", ""));
        Assert.Equal(
            new MessagesSource
            {
                SessionUID = "uid",
                Offset = 3,
                Limit = 500,
            },
            Source("agentsessions/messages", "?offset=3&limit=500")
        );
    }

    [Theory]
    [InlineData("agentruns/log", "?follow=yes", "The parameter follow must be true or false.")]
    [InlineData("agentruns/log", "?follow", "The parameter follow must be true or false.")]
    [InlineData("agentruns/log", "?tailLines=-1", "The parameter tailLines must be a whole number from 0 to 2147483647.")]
    [InlineData("agentruns/log", "?tailLines=2147483648", "The parameter tailLines must be a whole number from 0 to 2147483647.")]
    [InlineData("agentruns/log", "?tailLines=+1", "The parameter tailLines must be a whole number from 0 to 2147483647.")]
    [InlineData("agentruns/log", "?sinceSeconds=0", "The parameter sinceSeconds must be a whole number from 1 to 315360000.")]
    [InlineData("agentruns/log", "?offset=1&tailLines=1", "The parameter offset cannot be combined with tailLines or sinceSeconds.")]
    [InlineData("agentruns/log", "?offset=1&sinceSeconds=1", "The parameter offset cannot be combined with tailLines or sinceSeconds.")]
    [InlineData("agentruns/log", "?format=xml", "The parameter format must be text or json.")]
    [InlineData("agentruns/log", "?attempt=0", "The parameter attempt must be a whole number from 1 to 2147483647.")]
    [InlineData("agentruns/log", "?attempt=1&attempt=2", "The parameter attempt must not be repeated.")]
    [InlineData("agentruns/log", "?path=x", "A parameter is not known; this resource has follow, tailLines,")]
    [InlineData("agentruns/files", "?path=../x", "The parameter path must be relative to the workspace")]
    [InlineData("agentruns/files", "?path=/etc/passwd", "The parameter path must be relative to the workspace")]
    [InlineData("agentruns/files", "?path=a//b", "The parameter path must be relative to the workspace")]
    [InlineData("agentruns/files", "?path=a%00b", "The parameter path must be relative to the workspace")]
    [InlineData("agentruns/files", "?limit=33554433", "The parameter limit must be a whole number from 1 to 33554432.")]
    [InlineData("agentsessions/messages", "?limit=0", "The parameter limit must be a whole number from 1 to 500.")]
    [InlineData("agentruns/diff", "?path=x", "This resource has no parameters.")]
    public void Read_BadParameter_IsRefusedWithASentence(string resource, string query, string sentence)
    {
        var refused = Assert.Throws<StatusException>(() => Source(resource, query));

        Assert.Equal((400, "BadRequest"), (refused.Code, refused.Reason));
        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain", "text/plain; charset=utf-8")]
    [InlineData("Text/Plain; charset=latin1", "text/plain; charset=utf-8")]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html", "application/octet-stream")]
    [InlineData("image/svg+xml", "application/octet-stream")]
    [InlineData("text/plain\r\nX: y", "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    [InlineData(null, "application/octet-stream")]
    public void Of_MediaType_IsOneThatNoBrowserRuns(string? given, string expected) => Assert.Equal(expected, MediaTypes.Of(given));

    [Theory]
    [InlineData(404, 404)]
    [InlineData(410, 410)]
    [InlineData(429, 429)]
    [InlineData(401, 503)]
    [InlineData(403, 503)]
    [InlineData(599, 503)]
    public void OfNode_Status_CannotPretendToBeTheApiServers(int given, int expected) =>
        Assert.Equal((expected, "why"), (StatusException.OfNode(given, "why").Code, StatusException.OfNode(given, "why").Message));

    [Fact]
    public void Enter_OneNamespace_CannotTakeAllSlots()
    {
        var slots = new ReaderSlots();
        var taken = Enumerable.Range(0, ReaderSlots.MostOfNamespace).Select(_ => slots.Enter("greedy")).ToList();
        Assert.Equal(429, Assert.Throws<StatusException>(() => slots.Enter("greedy")).Code);
        for (var i = taken.Count; i < ReaderSlots.Most; i++)
        {
            taken.Add(slots.Enter($"ns-{i % 100}"));
        }

        Assert.Equal(429, Assert.Throws<StatusException>(() => slots.Enter("other")).Code);
        taken[0].Dispose();
        taken[0].Dispose();
        slots.Enter("greedy").Dispose();
        taken.ForEach(slot => slot.Dispose());
        slots.Enter("other").Dispose();
    }

    private static StreamSource Source(string resource, string query)
    {
        var route = StreamRoute.TryParse($"{Root}/namespaces/ns/{resource.Replace("/", "/name/", StringComparison.Ordinal)}")!;
        var parsed = StreamQuery.Read(route.Resource, new QueryCollection(QueryHelpers.ParseQuery(query)));
        return StreamSources.Of(route, parsed, new StreamLocation("node", "uid", 2));
    }
}
