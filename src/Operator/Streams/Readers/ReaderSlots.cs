using Stromboli.Operator.Streams.Answers;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Bounds the readers at one time, those who wait for a run included. One namespace cannot take all slots.</summary>
internal sealed class ReaderSlots
{
    /// <summary>How many readers one replica serves.</summary>
    public const int Most = 1024;

    /// <summary>How many of them may read in one namespace.</summary>
    public const int MostOfNamespace = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _taken = [];
    private int _all;

    /// <summary>Takes a slot, until the result is disposed of.</summary>
    /// <exception cref="StatusException">There is none.</exception>
    public IDisposable Enter(string @namespace)
    {
        lock (_lock)
        {
            var taken = _taken.GetValueOrDefault(@namespace);
            if (_all >= Most || taken >= MostOfNamespace)
            {
                throw StatusException.TooManyRequests(
                    _all >= Most
                        ? $"The operator serves {Most} readers already, which is the most at one time; try again later."
                        : $"There are {MostOfNamespace} readers in this namespace already, which is the most at one time; try again later."
                );
            }

            _all++;
            _taken[@namespace] = taken + 1;
            return new Slot(this, @namespace);
        }
    }

    private void Leave(string @namespace)
    {
        lock (_lock)
        {
            _all--;
            if (--_taken[@namespace] == 0)
            {
                _taken.Remove(@namespace);
            }
        }
    }

    private sealed class Slot(ReaderSlots slots, string @namespace) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
            {
                slots.Leave(@namespace);
            }
        }
    }
}
