using System.Diagnostics;
using System.Text;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Files;

namespace Stromboli.PodmanBridge.Tests.Files;

/// <summary>The real reader in real directories, in which an agent has done its worst.</summary>
public sealed class FileTreeTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly string _folder = Directory.CreateTempSubdirectory("file-tree").FullName;

    private string Root => Path.Combine(_folder, "workspace");

    public FileTreeTests() => Directory.CreateDirectory(Root);

    public void Dispose()
    {
        // Directory.Delete cannot name what is not UTF-8.
        Shell("rm -rf ./* && cd .. && rmdir workspace");
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Read_File_GivesTheBytesAskedFor()
    {
        var content = new byte[3_000_000];
        new Random(1).NextBytes(content);
        Directory.CreateDirectory(At("a/b"));
        await File.WriteAllBytesAsync(At("a/b/file"), content, None);
        await using var tree = ReaderProgram.Open(Root);

        var facts = await OpenAsync(tree, "a/b/file");
        var whole = new byte[content.Length + 10];
        var read = await tree.ReadAsync(0, whole, None);
        var part = new byte[1000];
        var middle = await tree.ReadAsync(1_500_000, part, None);
        var end = await tree.ReadAsync(content.Length - 10, part, None);
        var beyond = await tree.ReadAsync(long.MaxValue - 2000, part, None);

        Assert.Equal((FileKind.File, content.Length, 1u), (facts.Kind, facts.Size, facts.Links));
        Assert.Equal((content.Length, 1000, 10, 0), (read, middle, end, beyond));
        Assert.Equal(content, whole[..read]);
        Assert.Equal(content[^10..], part[..10]);
        Assert.Equal(content[1_500_010..1_501_000], part[10..]);
    }

    [Fact]
    public async Task List_Directory_IsInTheOrderOfBytesAndSaysWhatIsThere()
    {
        Shell(
            """
            mkdir dir; echo 12345 > file; chmod 640 file; ln -s /etc/passwd link; mkfifo pipe; echo x > one; ln one two
            touch -d 2001-02-03T04:05:06Z file; touch Z a é "$(printf 'n\377')"; touch -d '@-99999999999999' Z 2> /dev/null; true
            """
        );
        await using var tree = ReaderProgram.Open(Root);

        await OpenAsync(tree, "");
        var page = await tree.ListAsync(0, 100, None);

        Assert.Null(page.Next);
        Assert.Equal(
            [
                ("Z", FileKind.File),
                ("a", FileKind.File),
                ("dir", FileKind.Directory),
                ("file", FileKind.File),
                ("link", FileKind.Symlink),
                (@"n\xff", FileKind.File),
                ("one", FileKind.HardLink),
                ("pipe", FileKind.Fifo),
                ("two", FileKind.HardLink),
                ("é", FileKind.File),
            ],
            page.Entries.Select(entry => (entry.Name, entry.Facts.Kind))
        );
        var file = page.Entries[3].Facts;
        Assert.Equal((6L, "0640", new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero)), (file.Size, file.Permissions, file.Modified));
        Assert.Equal(FileKind.File, (await tree.OpenAsync(FilePath.Parse(@"n\xff", out _), None)).Kind);
    }

    [Fact]
    public async Task List_HugeDirectory_IsPaged()
    {
        const int count = 50_000;
        Directory.CreateDirectory(At("many"));
        for (var i = 0; i < count; i++)
        {
            using var file = File.OpenHandle(At($"many/{i * 7919 % count:x5}"), FileMode.CreateNew, FileAccess.Write);
        }

        await using var tree = ReaderProgram.Open(Root);
        await OpenAsync(tree, "many");
        var first = await tree.ListAsync(0, 1000, None);
        var second = await tree.ListAsync(first.Next!.Value, 1000, None);
        var last = await tree.ListAsync(count - 3, 1000, None);
        var beyond = await tree.ListAsync(count, 1000, None);

        Assert.Equal(Names(0, 1000), first.Entries.Select(entry => entry.Name));
        Assert.Equal(Names(1000, 1000), second.Entries.Select(entry => entry.Name));
        Assert.Equal(Names(count - 3, 3), last.Entries.Select(entry => entry.Name));
        Assert.Equal((1000L, 2000L, null), (first.Next, second.Next, last.Next));
        Assert.Empty(beyond.Entries);
        // More than can be sorted in the memory that is allowed.
        Assert.Equal(FileProblem.TooMany, (await FailsAsync(() => tree.ListAsync(1L << 40, 1, None))).Problem);
        // The reader goes on after a refusal.
        Assert.Equal(2, (await tree.ListAsync(0, 2, None)).Entries.Count);

        static IEnumerable<string> Names(int from, int number) => Enumerable.Range(from, number).Select(i => $"{i:x5}");
    }

    [Fact]
    public async Task Open_WhatIsNoPlainFile_IsRefused()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "secret", None);
        Directory.CreateDirectory(Path.Combine(_folder, "outside"));
        Shell(
            """
            ln -s ../secret link; ln -s ../outside out; ln -s . self; ln -s /proc/self/fd/0 magic; mkfifo pipe; echo x > one; ln one two
            mkdir dir; ln -s one dir/inner; perl -MSocket -e 'socket my $s, AF_UNIX, SOCK_STREAM, 0; bind $s, sockaddr_un("socket")'
            """
        );
        await using var tree = ReaderProgram.Open(Root);

        async Task<FileProblem> ProblemAsync(string path) => (await FailsAsync(() => OpenAsync(tree, path))).Problem;

        Assert.Equal(FileProblem.LinkMet, await ProblemAsync("link"));
        Assert.Equal(FileProblem.LinkMet, await ProblemAsync("out/file"));
        Assert.Equal(FileProblem.LinkMet, await ProblemAsync("self/one"));
        Assert.Equal(FileProblem.LinkMet, await ProblemAsync("magic"));
        Assert.Equal(FileProblem.LinkMet, await ProblemAsync("dir/inner"));
        Assert.Equal(FileProblem.Special, await ProblemAsync("pipe"));
        Assert.Equal(FileProblem.Special, await ProblemAsync("socket"));
        Assert.Equal(FileProblem.HardLink, await ProblemAsync("two"));
        Assert.Equal(FileProblem.NotFound, await ProblemAsync("nothing"));
        Assert.Equal(FileProblem.NotFound, await ProblemAsync("one/below"));
        // FilePath.Parse refuses these before. The kernel does too.
        Assert.Equal(FileProblem.OtherFileSystem, await ProblemAsync("../secret"));
        Assert.Equal(FileProblem.OtherFileSystem, await ProblemAsync("dir/../../secret"));
        Assert.Equal(FileProblem.OtherFileSystem, await ProblemAsync("/etc/passwd"));
        // Nothing is open after a refusal.
        Assert.Equal(FileProblem.Wrong, (await FailsAsync(() => tree.ReadAsync(0, new byte[1], None))).Problem);
    }

    [Fact]
    public async Task Open_PathThatIsSwappedMeanwhile_NeverLeadsOutside()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "secret"), "secret", None);
        await File.WriteAllTextAsync(At("own"), "own", None);
        await using var tree = ReaderProgram.Open(Root);
        using var swapping = Start(
            "cp own a; ln -s ../secret b; while :; do mv a c; mv b a; mv a b; mv c a; ln -sfn ../ d; rm d; mkdir d; echo own > d/secret; rm -r d; done"
        );

        var opened = 0;
        for (var i = 0; i < 2000; i++)
        {
            foreach (var path in new[] { "a", "d/secret" })
            {
                try
                {
                    await OpenAsync(tree, path);
                    var text = new byte[10];
                    var read = await tree.ReadAsync(0, text, None);
                    Assert.NotEqual("secret", Encoding.UTF8.GetString(text, 0, read));
                    opened++;
                }
                catch (FileTreeException e)
                {
                    Assert.True(e.Problem is FileProblem.LinkMet or FileProblem.NotFound or FileProblem.OtherFileSystem, e.Message);
                }
            }
        }

        swapping.Kill(entireProcessTree: true);
        await swapping.WaitForExitAsync(None);
        Assert.True(opened > 0);
    }

    [Fact]
    public async Task Read_SparseFile_IsReadAtItsEnd()
    {
        Shell("truncate -s 10G sparse; printf end >> sparse");
        await using var tree = ReaderProgram.Open(Root);

        var facts = await OpenAsync(tree, "sparse");
        var buffer = new byte[10];
        var read = await tree.ReadAsync(facts.Size - 5, buffer, None);

        Assert.Equal((10L << 30) + 3, facts.Size);
        Assert.Equal("\0\0end", Encoding.UTF8.GetString(buffer, 0, read));
    }

    [Fact]
    public async Task Open_AnotherDirectoryThanMeant_IsRefused()
    {
        var (own, other) = (FileIdentity.Of(Root), FileIdentity.Of(_folder));
        await using var right = ReaderProgram.Open(Root, own);
        await using var wrong = ReaderProgram.Open(Root, other);

        Assert.Equal(FileKind.Directory, (await OpenAsync(right, "")).Kind);
        var error = await FailsAsync(() => OpenAsync(wrong, ""));

        Assert.Equal(FileProblem.Failed, error.Problem);
        Assert.Contains("opening the directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_RootThatIsALink_IsRefused()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), Root);
        await using var tree = ReaderProgram.Open(Path.Combine(_folder, "link"));

        Assert.Equal(FileProblem.Failed, (await FailsAsync(() => OpenAsync(tree, ""))).Problem);
    }

    [Fact]
    public async Task Read_Cancelled_EndsTheReader()
    {
        await using var tree = ReaderProgram.Open(Root);
        await OpenAsync(tree, "");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tree.ListAsync(0, 1, cancelled.Token));
    }

    private static Task<FileFacts> OpenAsync(FileTree tree, string path) => tree.OpenAsync(Encoding.UTF8.GetBytes(path), None);

    private static Task<FileTreeException> FailsAsync(Func<Task> act) => Assert.ThrowsAsync<FileTreeException>(act);

    private string At(string path) => Path.Combine(Root, path);

    private Process Start(string script) =>
        Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", script])
            {
                WorkingDirectory = Root,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;

    private void Shell(string script)
    {
        using var process = Start(script);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }
}
