using System.Text;

namespace Stromboli.PodmanBridge.Tests.Images;

/// <summary>A C library that defines no version after 2.17, made of a newer one: the names of the later ones are others.</summary>
internal static class OldLibrary
{
    /// <summary>Changes the names.</summary>
    public static byte[] Of(byte[] library)
    {
        var changed = (byte[])library.Clone();
        for (var minor = 18; minor < 100; minor++)
        {
            var name = Encoding.ASCII.GetBytes($"\0GLIBC_2.{minor}\0");
            for (var at = changed.AsSpan().IndexOf(name); at >= 0; at = changed.AsSpan().IndexOf(name))
            {
                "GLIBC_2.10"u8.CopyTo(changed.AsSpan(at + 1));
            }
        }

        return changed;
    }
}
