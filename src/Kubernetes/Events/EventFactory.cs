using System.Text;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Makes events that pass the API server's validation (events.k8s.io/v1).</summary>
internal static class EventFactory
{
    private const int MaxNote = 1024;
    private const int MaxWord = 128;
    private const int MaxTargetName = 230;

    public static Event Make(
        EventRecorderOptions options,
        ObjectReference regarding,
        ObjectReference? related,
        EventKey key,
        DateTimeOffset time,
        long unique
    ) =>
        new()
        {
            Metadata = new()
            {
                // API servers up to 1.20 accept events about cluster-scoped objects only in "kube-system"; later ones also in "default",
                // where client-go puts them.
                Namespace = string.IsNullOrEmpty(regarding.Namespace) ? "kube-system" : regarding.Namespace,
                // A long name may be cut after a dot or a dash, which must not precede the next dot.
                Name = $"{Cut(key.Name, MaxTargetName).TrimEnd('.', '-')}.{unique:x}",
            },
            EventTime = time,
            ReportingController = options.ReportingController,
            ReportingInstance = Cut(options.ReportingInstance, MaxWord),
            Action = key.Action,
            Reason = key.Reason,
            Regarding = regarding,
            Related = related,
            Note = key.Note,
            Type = key.Type.ToString(),
        };

    public static string Note(string note) => Cut(note, MaxNote);

    public static string Word(string word) => Cut(word, MaxWord);

    // At most that many bytes of UTF-8, in whole characters.
    private static string Cut(string text, int bytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= bytes)
        {
            return text;
        }

        var used = 0;
        var chars = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > bytes)
            {
                break;
            }

            chars += rune.Utf16SequenceLength;
        }

        return text[..chars];
    }
}
