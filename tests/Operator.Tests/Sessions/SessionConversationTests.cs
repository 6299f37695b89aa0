using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Tests.Sessions;

public sealed class SessionConversationTests
{
    private const string Uid = "9b2d7c1e-0000-4000-8000-000000000001";
    private const string Old = "3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f";
    private const string Named = "4c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f";

    [Theory]
    [InlineData(null, null, null, null, null, Uid)]
    [InlineData(ConversationChoices.Fork, null, null, null, null, Uid)]
    [InlineData(null, null, Old, Old, null, Old)]
    [InlineData(ConversationChoices.Resume, Named, Old, Named, null, Named)]
    [InlineData(ConversationChoices.New, null, Old, null, null, Uid)]
    [InlineData(ConversationChoices.Fork, null, Old, Old, true, Uid)]
    [InlineData(ConversationChoices.Fork, Named, Old, Named, true, Uid)]
    public void Of_EachChoice_NamesOneConversation(
        string? conversation,
        string? named,
        string? known,
        string? resumed,
        bool? forks,
        string id
    )
    {
        var (claude, given) = SessionConversation.Of(
            new ClaudeOptions(),
            new AgentRunSpec { Conversation = conversation, ConversationID = named },
            Uid,
            1,
            new AgentSession { Status = new() { SessionID = known } }
        );

        Assert.Equal((resumed, resumed is null ? null : true, forks, id), (claude!.SessionID, claude.Resume, claude.ForkSession, given));
    }

    [Fact]
    public void NewID_LaterAttempt_IsAnotherStableUuid()
    {
        var second = SessionConversation.NewID(Uid, 2);

        Assert.Equal(second, SessionConversation.NewID(Uid, 2));
        Assert.NotEqual(second, SessionConversation.NewID(Uid, 3));
        Assert.NotEqual(Uid, second);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", second);
    }
}
