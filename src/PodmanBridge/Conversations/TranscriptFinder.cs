using System.Text;
using Stromboli.PodmanBridge.Files;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>
/// Finds transcripts in HOME. The CLI (2.1.329) keeps them in <c>.claude/projects/DIRECTORY/ID.jsonl</c>, where the directory is made of the
/// one that it runs in.
/// </summary>
internal static class TranscriptFinder
{
    private const string Projects = ".claude/projects";

    /// <summary>Opens the transcript of the first conversation that has one; of several files, the one that was written last.</summary>
    /// <param name="home">HOME.</param>
    /// <param name="conversations">The ids of conversations, the latest first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The conversation and its transcript, which is open; null if none has one.</returns>
    /// <exception cref="FileTreeException">There is something that is not opened, such as a link, and no transcript.</exception>
    public static async Task<(string Conversation, FileFacts Facts)?> OpenAsync(
        FileTree home,
        IReadOnlyList<string> conversations,
        CancellationToken cancellationToken
    )
    {
        var directories = await DirectoriesAsync(home, cancellationToken);
        FileTreeException? refusal = null;
        foreach (var conversation in conversations.Where(id => Guid.TryParseExact(id, "D", out _)))
        {
            (byte[] Path, FileFacts Facts)? latest = null;
            foreach (var directory in directories)
            {
                var path = FilePath.Parse($"{Projects}/{directory}/{conversation}.jsonl", out _);
                try
                {
                    var facts = await home.OpenAsync(path, cancellationToken);
                    if (facts.Kind == FileKind.File && (latest is null || facts.Modified > latest.Value.Facts.Modified))
                    {
                        latest = (path, facts);
                    }
                }
                catch (FileTreeException e) when (e.Problem == FileProblem.NotFound)
                {
                    // Another directory has it.
                }
                catch (FileTreeException e) when (e.Problem is not (FileProblem.Failed or FileProblem.Late or FileProblem.Wrong))
                {
                    refusal ??= e;
                }
            }

            if (latest is { } found)
            {
                return (conversation, await home.OpenAsync(found.Path, cancellationToken));
            }
        }

        return refusal is null ? null : throw refusal;
    }

    private static async Task<IReadOnlyList<string>> DirectoriesAsync(FileTree home, CancellationToken cancellationToken)
    {
        try
        {
            var facts = await home.OpenAsync(Encoding.ASCII.GetBytes(Projects), cancellationToken);
            if (facts.Kind != FileKind.Directory)
            {
                return [];
            }
        }
        catch (FileTreeException e) when (e.Problem == FileProblem.NotFound)
        {
            return [];
        }

        var page = await home.ListAsync(0, FileTree.MostEntries, cancellationToken);
        return [.. page.Entries.Where(entry => entry.Facts.Kind == FileKind.Directory).Select(entry => entry.Name)];
    }
}
