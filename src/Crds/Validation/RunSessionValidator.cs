using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Sessions;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of the fields that concern a run's session.</summary>
internal static class RunSessionValidator
{
    /// <summary>Adds the errors of the spec.</summary>
    internal static void Check(FieldChecks checks, AgentRunSpec spec)
    {
        if (spec.SessionRef is { } session)
        {
            checks.Require("spec.sessionRef.name", session.Name is not null);
            checks.Text("spec.sessionRef.name", session.Name, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Messages.DnsSubdomain);
            if (!spec.SessionMerged && SessionSpecs.SetsFieldsOfSession(spec))
            {
                checks.Add("spec.sessionRef", Messages.FieldsOfSession);
            }

            if (
                spec.Agent?.Claude is { } claude
                && (claude.SessionID ?? (object?)claude.Resume ?? claude.Continue ?? (object?)claude.ForkSession) is not null
            )
            {
                checks.Add("spec.agent.claude", Messages.SessionNamesNoConversation);
            }
        }
        else if (spec.Conversation is not null || spec.ConversationID is not null)
        {
            checks.Add("spec.conversation", Messages.ConversationNeedsSession);
        }
        checks.OneOf("spec.conversation", spec.Conversation, ConversationChoices.New, ConversationChoices.Resume, ConversationChoices.Fork);
        checks.Text("spec.conversationID", spec.ConversationID, 1, RunLimits.UuidLength, PatternRegexes.Uuid, Messages.Uuid);
        if (spec is { Conversation: ConversationChoices.New, ConversationID: not null })
        {
            checks.Add("spec.conversationID", Messages.NewHasNoID);
        }

        if (spec.Agent?.Command is not null && (spec.Conversation is not null || spec.ConversationID is not null))
        {
            checks.Add("spec.conversation", Messages.ConversationOfCli);
        }
    }
}
