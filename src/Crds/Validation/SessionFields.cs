using Stromboli.Crds.Runs;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Validation;

/// <summary>The rules of a run's fields that have to do with its session.</summary>
internal static class SessionFields
{
    /// <summary>Collects what is wrong.</summary>
    internal static void Check(FieldChecks checks, AgentRunSpec spec)
    {
        if (spec.SessionRef is { } session)
        {
            checks.Require("spec.sessionRef.name", session.Name is not null);
            checks.Text("spec.sessionRef.name", session.Name, 1, RunLimits.Name, PatternRegexes.DnsSubdomain, Sentences.DnsSubdomain);
            if (!spec.SessionMerged && Own(spec))
            {
                checks.Add("spec.sessionRef", Sentences.FieldsOfSession);
            }

            if (
                spec.Agent?.Claude is { } claude
                && (claude.SessionID ?? (object?)claude.Resume ?? claude.Continue ?? (object?)claude.ForkSession) is not null
            )
            {
                checks.Add("spec.agent.claude", Sentences.SessionNamesNoConversation);
            }
        }
        else if (spec.Conversation is not null || spec.ConversationID is not null)
        {
            checks.Add("spec.conversation", Sentences.ConversationNeedsSession);
        }
        checks.OneOf("spec.conversation", spec.Conversation, ConversationChoices.New, ConversationChoices.Resume, ConversationChoices.Fork);
        checks.Text("spec.conversationID", spec.ConversationID, 1, RunLimits.UuidLength, PatternRegexes.Uuid, Sentences.Uuid);
        if (spec is { Conversation: ConversationChoices.New, ConversationID: not null })
        {
            checks.Add("spec.conversationID", Sentences.NewHasNoID);
        }

        if (spec.Agent?.Command is not null && (spec.Conversation is not null || spec.ConversationID is not null))
        {
            checks.Add("spec.conversation", Sentences.ConversationOfCli);
        }
    }

    /// <summary>Whether the spec says itself what comes from its session.</summary>
    internal static bool Own(AgentRunSpec spec) =>
        new object?[]
        {
            spec.Image,
            spec.ImagePullPolicy,
            spec.ImagePullSecrets,
            spec.Workspace,
            spec.Workdir,
            spec.Env,
            spec.SecretsEnv,
            spec.Volumes,
            spec.Resources,
            spec.Lifecycle,
            spec.NodeSelector,
            spec.NodeName,
        }.Any(field => field is not null);
}
