using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Files;

/// <summary>Opens files and listings of the directories of workspaces.</summary>
internal sealed class FilesProvider(WorkspaceFolders folders) : IStreamProvider
{
    /// <summary>The most bytes of a file in one answer.</summary>
    public const long MostBytes = 32L << 20;

    /// <inheritdoc/>
    public Type Source => typeof(FilesSource);

    /// <inheritdoc/>
    public async Task<IStreamContent> OpenAsync(StreamSource source, CancellationToken cancellationToken)
    {
        var wanted = (FilesSource)source;
        var path = FilePath.Parse(wanted.Path, out var problem);
        if (problem is not null)
        {
            throw new StreamRefusedException(StatusCodes.Status400BadRequest, $"The path {FilePath.Quote(wanted.Path)} {problem}.");
        }

        if (wanted.Offset < 0 || wanted.Limit < 1)
        {
            throw new StreamRefusedException(StatusCodes.Status400BadRequest, "offset is at least 0, and limit at least 1.");
        }

        var tree = wanted.SessionUID is { } session
            ? await folders.OpenSessionAsync(session, cancellationToken)
            : await folders.OpenRunAsync(wanted.RunUID ?? "", cancellationToken);
        try
        {
            return await OpenAsync(tree, path, wanted, cancellationToken);
        }
        catch (FileTreeException e) when (FileRefusal.Of(e, wanted) is var (status, sentence))
        {
            await tree.DisposeAsync();
            throw new StreamRefusedException(status, sentence);
        }
        catch
        {
            await tree.DisposeAsync();
            throw;
        }
    }

    private static async Task<IStreamContent> OpenAsync(FileTree tree, byte[] path, FilesSource wanted, CancellationToken cancellationToken)
    {
        var facts = await tree.OpenAsync(path, cancellationToken);
        if (facts.Kind != FileKind.Directory)
        {
            return new FileContent(tree, wanted.Offset, Math.Min(wanted.Limit, MostBytes));
        }

        var page = await tree.ListAsync(wanted.Offset, (int)Math.Min(wanted.Limit, FileTree.MostEntries), cancellationToken);
        await tree.DisposeAsync();
        return new JsonPage(new DirectoryListing(path, facts.Modified, page).ToJson());
    }
}
