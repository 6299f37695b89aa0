using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Files;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>Opens pages of the conversations of sessions.</summary>
internal sealed class MessagesProvider(WorkspaceFolders folders, NodeSessions sessions, TranscriptPages pages) : IStreamProvider
{
    /// <summary>The largest transcript that is read.</summary>
    private const long MostBytes = 1L << 30;

    /// <inheritdoc/>
    public Type Source => typeof(MessagesSource);

    /// <inheritdoc/>
    public async Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken)
    {
        var wanted = (MessagesSource)source;
        if (wanted.Offset < 0 || wanted.Limit < 1)
        {
            throw new StreamRefusedException(StatusCodes.Status400BadRequest, "offset is at least 0, and limit at least 1.");
        }

        await using var home = await folders.OpenHomeAsync(wanted.SessionUID, cancellationToken);
        try
        {
            var (conversation, facts) =
                await TranscriptFinder.OpenAsync(home, sessions.Find(wanted.SessionUID)?.Conversations ?? [], cancellationToken)
                ?? throw new StreamRefusedException(
                    StatusCodes.Status404NotFound,
                    "The session has no conversation of the Claude Code CLI on its node yet."
                );
            return facts.Size > MostBytes
                ? throw new StreamRefusedException(
                    StatusCodes.Status413PayloadTooLarge,
                    $"The transcript has {facts.Size} bytes, and none longer than {MostBytes} is read."
                )
                : new JsonPage(
                    await pages.MakeAsync(
                        wanted.SessionUID,
                        conversation,
                        home,
                        facts,
                        wanted.Offset,
                        Math.Min(wanted.Limit, TranscriptPages.MostMessages),
                        cancellationToken
                    )
                );
        }
        catch (FileTreeException e) when (Refusal(e) is var (status, sentence))
        {
            throw new StreamRefusedException(status, sentence);
        }
    }

    private static (int Status, string Sentence)? Refusal(FileTreeException failure) =>
        failure.Problem switch
        {
            FileProblem.Late => (StatusCodes.Status504GatewayTimeout, "Reading the transcript took too long on its node."),
            FileProblem.Failed or FileProblem.Wrong => null,
            _ => (
                StatusCodes.Status403Forbidden,
                "The transcript of the session is not a plain file, or its directory is not a plain directory: an agent replaced it, and it is not read."
            ),
        };
}
