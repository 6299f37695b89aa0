using System.Text;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>
/// Characters of an agent that must not reach a terminal: C0 and C1 controls, which move the cursor and change the terminal, and the
/// formatting characters that reorder text or break lines (Unicode Standard Annex 9). Newline and tab are for the caller to decide.
/// </summary>
internal static class UnsafeCharacters
{
    /// <summary>Whether a character is one of them.</summary>
    public static bool Contains(Rune rune) =>
        rune.Value switch
        {
            < 0x20 or (>= 0x7F and <= 0x9F) => true,
            0x061C or 0x200E or 0x200F => true,
            0x2028 or 0x2029 => true,
            >= 0x202A and <= 0x202E => true,
            >= 0x2066 and <= 0x2069 => true,
            _ => false,
        };
}
