using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class ParserTests
{
    [Fact]
    public async Task Parsers_FedWithRandomInput_StayWithinBounds()
    {
        var fuzzer = await Native.FuzzerAsync();
        var scratch = Path.GetTempFileName();
        await Native.RunAsync(fuzzer, "/bin/ls", scratch);
        File.Delete(scratch);
    }
}
