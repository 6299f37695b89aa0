using System.Runtime.InteropServices;

namespace Stromboli.Testbed.Registries;

/// <summary>Hashes a password for a registry's file of users (bcrypt), with the C library's function.</summary>
internal static partial class PasswordHash
{
    /// <summary>The hash, at the lowest cost, since it protects nothing.</summary>
    public static string Of(string password) =>
        Marshal.PtrToStringUTF8(Crypt(password, "$2b$04$stromboliTestbedSalts.")) is { } hash
        && hash.StartsWith("$2b$", StringComparison.Ordinal)
            ? hash
            : throw new TestbedException("The C library's crypt does not support bcrypt (Debian package libcrypt1).");

    [LibraryImport("libcrypt.so.1", EntryPoint = "crypt", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Crypt(string key, string setting);
}
