using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Stromboli.Cli.Commands;
using Stromboli.Cli.Output;
using Stromboli.Cli.Streams;
using Stromboli.Cli.Tests.Harness;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Streams;

/// <summary>Files come whole, and never lead out of the place that they are copied to.</summary>
public sealed class WorkspaceCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stromboli-cp-").FullName;
    private readonly Dictionary<string, byte[]> _files = [];
    private readonly List<string> _requests = [];
    private int _breaks;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Copy_Directory_CopiesFilesPageByPage()
    {
        _files["a.txt"] = "hello"u8.ToArray();
        _files["deep/er/run.sh"] = "#!/bin/sh\n"u8.ToArray();
        _files["empty"] = [];
        var target = Path.Combine(_folder, "out");

        var run = await CopyAsync("-r", "hello:", target);

        Assert.Equal((0, "3 files, 15 B\n"), (run.ExitCode, run.Error));
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(target, "a.txt"), TestContext.Current.CancellationToken));
        Assert.True(File.GetUnixFileMode(Path.Combine(target, "deep/er/run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Path.Combine(target, "a.txt")).HasFlag(UnixFileMode.UserExecute));
        Assert.Empty(Directory.GetFiles(_folder, "*.part", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Copy_LargeFile_IsResumedWhereItBroke()
    {
        _files["big"] = new byte[(int)(WorkspaceCopy.PageBytes * 2) + 12345];
        new Random(1).NextBytes(_files["big"]);
        _breaks = 3;

        var run = await CopyAsync("hello:big", Path.Combine(_folder, "big"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(_files["big"], await File.ReadAllBytesAsync(Path.Combine(_folder, "big"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("../../evil")]
    [InlineData("/etc/passwd")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".git")]
    [InlineData(".GIT")]
    public async Task Copy_HostileName_IsLeftOutAndTold(string name)
    {
        _files["good"] = "x"u8.ToArray();
        var outside = Path.Combine(_folder, "evil");
        var target = Path.Combine(_folder, "one", "two");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);

        var run = await CopyAsync(
            ["-r", "hello:", target],
            new JsonObject
            {
                ["name"] = name,
                ["type"] = "file",
                ["bytes"] = 1,
            }
        );

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Contains("not copied", run.Error, StringComparison.Ordinal);
        Assert.Equal(["good"], Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName));
        Assert.False(Path.Exists(outside));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Theory]
    [InlineData("symlink")]
    [InlineData("fifo")]
    [InlineData("device")]
    public async Task Copy_OtherKinds_AreLeftOut(string type)
    {
        _files["good"] = "x"u8.ToArray();

        var run = await CopyAsync(
            ["-r", "hello:", Path.Combine(_folder, "out")],
            new JsonObject { ["name"] = "odd\e[2J", ["type"] = type }
        );

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Contains($"not copied: 'odd�[2J': it is a {type}", run.Error, StringComparison.Ordinal);
        Assert.False(Path.Exists(Path.Combine(_folder, "out", "odd\e[2J")));
    }

    [Fact]
    public async Task Copy_LinkInTheTarget_IsNotWrittenThrough()
    {
        _files["link/file"] = "x"u8.ToArray();
        var outside = Directory.CreateDirectory(Path.Combine(_folder, "outside")).FullName;
        var target = Directory.CreateDirectory(Path.Combine(_folder, "out")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(target, "link"), outside);

        var run = await CopyAsync("-r", "hello:", target);

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Contains("symbolic link", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(outside));
    }

    [Fact]
    public async Task Copy_FileOverALink_ReplacesNothingOutside()
    {
        _files["file"] = "new"u8.ToArray();
        var outside = Path.Combine(_folder, "outside");
        await File.WriteAllTextAsync(outside, "old", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_folder, "link"), outside);

        var run = await CopyAsync("hello:file", Path.Combine(_folder, "link"));

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Equal("old", await File.ReadAllTextAsync(outside, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Copy_DirectoryWithoutR_IsAUsageError()
    {
        _files["dir/file"] = "x"u8.ToArray();

        var run = await CopyAsync("hello:dir", _folder);

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
    }

    [Fact]
    public async Task Copy_FileIntoADirectory_KeepsItsName()
    {
        _files["dir/file"] = "x"u8.ToArray();

        var run = await CopyAsync("hello:/dir/./file", _folder);

        Assert.Equal(0, run.ExitCode);
        Assert.True(File.Exists(Path.Combine(_folder, "file")));
    }

    [Theory]
    [InlineData("hello:a/b", false, "hello", "a/b")]
    [InlineData("run/hello:/a//b/", false, "hello", "a/b")]
    [InlineData("session/talk:.", true, "talk", "")]
    [InlineData("hello:a:b", false, "hello", "a:b")]
    public void Source_Parse_FindsOwnerAndPath(string text, bool isSession, string owner, string path) =>
        Assert.Equal(new CopySource(isSession, owner, path), CopySource.Parse(text));

    [Theory]
    [InlineData(3, "three\nfour\nfive\n", "one\ntwo\nthree\nfour\nfive\n")]
    [InlineData(0, "", "one\ntwo\n")]
    [InlineData(9, "one\ntwo", "one\ntwo")]
    [InlineData(1, "two", "one\ntwo")]
    [InlineData(2, "\n\n", "\n\n\n")]
    public void Tail_LastLines_AreKept(int lines, string expected, string log)
    {
        var written = new StringWriter();
        var tail = new TailSink(new SafeTextSink(written), lines);

        foreach (var one in Encoding.UTF8.GetBytes(log))
        {
            tail.Write([one]);
        }

        tail.Release();
        tail.Write("more"u8);

        Assert.Equal(expected + "more", written.ToString());
    }

    private Task<CliRun> CopyAsync(params string[] args) => CopyAsync(args, extra: null);

    private async Task<CliRun> CopyAsync(string[] args, JsonObject? extra)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Intercept = async (context, request) =>
        {
            if (request.Path != "/apis/streams.stromboli.dev/v1alpha1/namespaces/team/agentruns/hello/files")
            {
                return false;
            }

            _requests.Add(request.Query);
            await AnswerAsync(context, extra);
            return true;
        };
        return await CliRun.OfAsync(["cp", .. args], server.Address);
    }

    private async Task AnswerAsync(HttpContext context, JsonObject? extra)
    {
        var query = context.Request.Query;
        var path = ((string?)query["path"] ?? "").Trim('/');
        var (offset, limit) = (
            long.TryParse(query["offset"], out var given) ? given : 0,
            long.Parse(query["limit"]!, System.Globalization.CultureInfo.InvariantCulture)
        );
        if (_files.TryGetValue(path, out var bytes))
        {
            context.Response.ContentType = "application/octet-stream";
            var page = bytes.AsMemory((int)Math.Min(offset, bytes.Length));
            page = page[..(int)Math.Min(limit, page.Length)];
            if (limit > 1000 && _breaks-- > 0)
            {
                await context.Response.Body.WriteAsync(page[..(page.Length / 2)]);
                await context.Response.Body.FlushAsync();
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(page);
            return;
        }

        var below = _files
            .Keys.Where(name => path.Length == 0 || name.StartsWith($"{path}/", StringComparison.Ordinal))
            .Select(name => path.Length == 0 ? name : name[(path.Length + 1)..])
            .GroupBy(rest => rest.Split('/')[0])
            .Select(same =>
            {
                var isFile = same.First() == same.Key;
                var entry = new JsonObject { ["name"] = same.Key, ["type"] = isFile ? "file" : "directory" };
                if (isFile)
                {
                    entry["bytes"] = _files[path.Length == 0 ? same.Key : $"{path}/{same.Key}"].Length;
                    entry["mode"] = same.Key.EndsWith(".sh", StringComparison.Ordinal) ? "0755" : "0644";
                }

                return entry;
            })
            .ToList();
        if (path.Length == 0 && extra is not null)
        {
            below.Insert(0, (JsonObject)extra.DeepClone());
        }

        // Two entries a page.
        var listing = new JsonObject { ["path"] = path, ["entries"] = new JsonArray([.. below.Skip((int)offset).Take(2)]) };
        if (below.Count > offset + 2)
        {
            listing["continue"] = $"{offset + 2}";
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(listing.ToJsonString());
    }
}
