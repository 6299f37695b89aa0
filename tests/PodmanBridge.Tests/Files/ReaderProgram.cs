using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Files;
using Stromboli.Testbed;

namespace Stromboli.PodmanBridge.Tests.Files;

/// <summary>The real reader, with the rights of the test.</summary>
internal static class ReaderProgram
{
    /// <summary>Opens a directory.</summary>
    public static FileTree Open(string root, FileIdentity? identity = null)
    {
        var program = Repository.At("src", "native", "build", "stromboli-reader");
        Assert.SkipUnless(File.Exists(program), "no stromboli-reader: run make -C src/native");
        return FileTree.Start(program, pid: null, root, identity, TimeProvider.System);
    }
}
