using System.Buffers.Text;
using System.Text;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;

namespace Stromboli.Operator.Tests.Authorization;

public sealed class LinkRulesTests
{
    [Theory]
    [InlineData(false, "sa", "stromboli")]
    [InlineData(true, null, "stromboli")]
    [InlineData(true, "", "stromboli")]
    [InlineData(true, "sa", null)]
    [InlineData(true, "sa", "https://kubernetes.default.svc")]
    public void UserOf_NotForUs_IsUnauthenticated(bool authenticated, string? user, string? audience)
    {
        var review = new TokenReviewStatus
        {
            Authenticated = authenticated,
            User = user is null ? null : new UserInfo { Username = user },
            Audiences = audience is null ? null : [audience],
        };

        Assert.Equal(RefusalReason.Unauthenticated, Assert.Throws<LinkRefusedException>(() => LinkRules.UserOf(review)).Reason);
    }

    [Fact]
    public void UserOf_NoAnswer_IsUnauthenticated() => Assert.Throws<LinkRefusedException>(() => LinkRules.UserOf(null));

    [Fact]
    public void UserOf_OurAudienceAmongOthers_IsTheUser() =>
        Assert.Equal(
            "sa",
            LinkRules
                .UserOf(
                    new TokenReviewStatus
                    {
                        Authenticated = true,
                        User = new UserInfo { Username = "sa" },
                        Audiences = ["x", "stromboli"],
                    }
                )
                .Username
        );

    [Theory]
    [InlineData("system:serviceaccount:ns:name", "ns/name")]
    [InlineData("system:serviceaccount:ns", null)]
    [InlineData("system:serviceaccount:ns:a:b", null)]
    [InlineData("system:serviceaccount::name", null)]
    [InlineData("ns:name", null)]
    [InlineData("system:node:ns:name", null)]
    public void ServiceAccountOf_ByName(string user, string? expected) =>
        Assert.Equal(expected, LinkRules.ServiceAccountOf(new UserInfo { Username = user })?.ToString());

    [Fact]
    public void MayConnect_Node_ContainsTheWholeUser()
    {
        var user = new UserInfo
        {
            Username = "u",
            Uid = "1",
            Groups = ["g"],
            Extra = new() { ["k"] = ["v"] },
        };

        var spec = LinkRules.MayConnect(user, "node-1").Spec;

        Assert.Equal(
            ("u", "1", "connect", "stromboli.dev", "agentnodes", "node-1"),
            (
                spec.User,
                spec.Uid,
                spec.ResourceAttributes!.Verb,
                spec.ResourceAttributes.Group,
                spec.ResourceAttributes.Resource,
                spec.ResourceAttributes.Name
            )
        );
        Assert.Equal(["g"], spec.Groups);
        Assert.Equal(["v"], spec.Extra!["k"]);
    }

    [Theory]
    [InlineData("uid-1", "uid-1", "node-1", true)]
    [InlineData("uid-1", "uid-2", "node-1", false)]
    [InlineData("uid-1", "uid-1", "node-2", false)]
    [InlineData("uid-1", null, "node-1", false)]
    [InlineData(null, "uid-1", "node-1", false)]
    public void DemandPodOnNode_OnlyThatPodOnThatNode(string? boundUID, string? podUID, string podNode, bool passes)
    {
        var user = new UserInfo
        {
            Username = "system:serviceaccount:ns:bridge",
            Extra = boundUID is null
                ? null
                : new() { ["authentication.kubernetes.io/pod-name"] = ["p"], ["authentication.kubernetes.io/pod-uid"] = [boundUID] },
        };
        var pod = podUID is null
            ? null
            : new Pod
            {
                Metadata = new() { Name = "p", Uid = podUID },
                Spec = new() { NodeName = podNode },
            };

        var refused = Record.Exception(() => LinkRules.DemandPodOnNode("node-1", LinkRules.PodOf(user), pod));

        Assert.Equal(passes, refused is null);
        Assert.True(passes || refused is LinkRefusedException { Reason: RefusalReason.Forbidden });
    }

    [Theory]
    [InlineData("""{"iat":1000,"exp":4000}""", 3000.0)]
    [InlineData("""{"exp":4000}""", null)]
    [InlineData("""{"iat":4000,"exp":1000}""", null)]
    [InlineData("""{"iat":"x","exp":{}}""", null)]
    [InlineData("""{"iat":-1,"exp":1e300}""", null)]
    [InlineData("""[]""", null)]
    [InlineData("nonsense", null)]
    public void Read_TokensClaims_RenewAtTwoThirds(string claims, double? renewAt) =>
        Assert.Equal(
            renewAt,
            TokenLifetime.Read($"a.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.c").RenewAt?.ToUnixTimeSeconds()
        );

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.!!.c")]
    public void Read_InvalidToken_IsEmpty(string token) => Assert.Equal(default, TokenLifetime.Read(token));
}
