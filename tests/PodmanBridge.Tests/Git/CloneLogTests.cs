using Stromboli.PodmanBridge.Git;

namespace Stromboli.PodmanBridge.Tests.Git;

public sealed class CloneLogTests : IDisposable
{
    private const string At = "2026-11-21T04:00:00.000000000+00:00 stdout";
    private readonly string _folder = Directory.CreateTempSubdirectory("clone-log").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Append_ALogOfAClone_TakesItsErrorsAndNoRecord()
    {
        var (from, to) = (Path.Combine(_folder, "clone.log"), Path.Combine(_folder, "log"));
        File.WriteAllLines(from,
        [
            $"{At} F r{{\"t\":\"started\",\"pid\":2}}",
            $"{At} F efatal: no",
            $"{At} P ea long",
            $"{At} F r line that only looks like a record",
            $"{At} P r{{\"t\":\"exi",
            $"{At} F ted\",\"code\":1}}",
            $"{At} F Epiece",
            "garbage",
        ]);
        File.WriteAllText(to, "before\n");

        CloneLog.Append(from, to);

        Assert.Equal(["before", $"{At} F efatal: no", $"{At} P ea long", $"{At} F r line that only looks like a record", $"{At} F Epiece"], File.ReadAllLines(to));
    }

    [Fact]
    public void Append_NoLog_IsNothing() => CloneLog.Append(Path.Combine(_folder, "none"), Path.Combine(_folder, "log"));
}
