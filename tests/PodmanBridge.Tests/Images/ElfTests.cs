using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class ElfTests
{
    private static readonly byte[] Shell = File.ReadAllBytes("/bin/sh");

    [Fact]
    public void Interpreter_OfARealProgram_IsItsLoader()
    {
        Assert.Equal("/lib64/ld-linux-x86-64.so.2", Elf.Interpreter(Shell));
        Assert.Equal(62, Elf.Machine(Shell));
    }

    [Fact]
    public void Interpreter_NoElf_IsNull()
    {
        Assert.Null(Elf.Interpreter("#!/bin/sh\nexec true\n"u8));
        Assert.Null(Elf.Machine("#!/bin/sh\nexec true, and more text\n"u8));
        Assert.Null(Elf.Machine([]));
    }

    [Fact]
    public void Interpreter_HostileFile_IsNullOrText()
    {
        // Cut anywhere, and with each byte of its headers changed.
        for (var length = 0; length < 2048; length += 7)
        {
            _ = Elf.Interpreter(Shell.AsSpan(0, length));
        }

        for (var at = 0; at < 1024; at++)
        {
            foreach (var value in new byte[] { 0, 0x7f, 0xff })
            {
                var changed = Shell[..4096];
                changed[at] = value;
                _ = Elf.Interpreter(changed);
            }
        }
    }
}
