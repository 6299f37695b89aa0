using System.Text;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Storage;

/// <summary>A node's log of a run.</summary>
internal static class KeptLog
{
    /// <summary>The file of the first attempt.</summary>
    public static FileInfo Of(NodeInspector node, RunHistory run) =>
        new(Path.Combine(node.Node.Bridge.StatePath, "attempts", $"{run.Uid}-1", "log"));

    /// <summary>
    /// The lines that the shim wrote. conmon splits a long line, or one at the border of its buffer, into pieces marked P and a last one
    /// marked F.
    /// </summary>
    public static IEnumerable<string> Lines(FileInfo log)
    {
        var line = new StringBuilder();
        foreach (var text in File.ReadLines(log.FullName))
        {
            var parts = text.Split(' ', 4);
            line.Append(parts[3]);
            if (parts[2] != "F")
            {
                continue;
            }

            yield return line.ToString();
            line.Clear();
        }
    }

    /// <summary>The agent's standard output in such a line: <c>o</c> with its newline, <c>O</c> is a piece without one.</summary>
    public static string Stdout(string line) =>
        line[0] switch
        {
            'o' => line[1..] + "\n",
            'O' => line[1..],
            _ => "",
        };
}
