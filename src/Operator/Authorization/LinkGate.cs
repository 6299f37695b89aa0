using System.Net;
using System.Security.Cryptography;
using System.Text;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Authorization;

/// <summary>
/// Limits the reviews that strangers can cause, because anyone who reaches the hub's port can ask for one. It refuses a token that cannot
/// be valid, repeats a recent refusal, and refuses an address that had too many refusals. A token that was accepted before is always
/// reviewed, so that a node that connects again does not wait behind strangers. Bounded, and safe for use by several threads.
/// </summary>
internal sealed class LinkGate(TimeProvider clock)
{
    /// <summary>How long a refusal is repeated without a new review. After that, a new grant takes effect.</summary>
    public static readonly TimeSpan RefusalLasts = TimeSpan.FromSeconds(5);

    /// <summary>How many refusals an address may cause at once. It regains one every <see cref="RefusalEvery"/>.</summary>
    public const int RefusalsAtOnce = 60;

    /// <summary>How often an address regains one refusal.</summary>
    public static readonly TimeSpan RefusalEvery = TimeSpan.FromSeconds(1);

    // All tables together take less than a megabyte.
    private const int MostEntries = 4096;

    private readonly Lock _lock = new();
    private readonly BoundedTable<string, long> _accepted = new(MostEntries);
    private readonly BoundedTable<string, (LinkRefusal Refusal, long At)> _refused = new(MostEntries);
    private readonly BoundedTable<IPAddress, (double Left, long At)> _addresses = new(MostEntries);

    /// <summary>Whether the token was accepted before.</summary>
    public bool Knows(string token)
    {
        lock (_lock)
        {
            return _accepted.TryGet(HashOf("", token), out _);
        }
    }

    /// <summary>Refuses a request that needs no review.</summary>
    /// <exception cref="LinkRefusedException">The token cannot be valid, or its address must wait.</exception>
    public void Demand(IPAddress? address, string node, string token)
    {
        if (TokenRules.Problem(token, clock.GetUtcNow()) is { } problem)
        {
            throw new LinkRefusedException(RefusalReason.Unauthenticated, problem);
        }

        lock (_lock)
        {
            if (_refused.TryGet(HashOf(node, token), out var known) && clock.GetElapsedTime(known.At) < RefusalLasts)
            {
                throw new LinkRefusedException(known.Refusal.Reason, known.Refusal.Message);
            }

            if (Left(address) < 1 && !_accepted.TryGet(HashOf("", token), out _))
            {
                throw new LinkRefusedException(RefusalReason.NotLeader, "Too many bridges at this address were refused; try again later.");
            }
        }
    }

    /// <summary>The API server accepted the token, or made it.</summary>
    public void Accept(string token)
    {
        lock (_lock)
        {
            _accepted.Set(HashOf("", token), 0);
        }
    }

    /// <summary>The API server refused the token for the node.</summary>
    public void Refuse(string node, string token, LinkRefusal refusal)
    {
        lock (_lock)
        {
            _refused.Set(HashOf(node, token), (refusal, clock.GetTimestamp()));
        }
    }

    /// <summary>Counts a refusal against its address.</summary>
    /// <returns>False if the address has used up its refusals. Such a refusal is not logged.</returns>
    public bool Count(IPAddress? address)
    {
        lock (_lock)
        {
            var left = Left(address);
            if (left < 1)
            {
                return false;
            }

            _addresses.Set(ConnectionSlots.KeyOf(address), (left - 1, clock.GetTimestamp()));
            return true;
        }
    }

    private double Left(IPAddress? address) =>
        _addresses.TryGet(ConnectionSlots.KeyOf(address), out var known)
            ? Math.Min(RefusalsAtOnce, known.Left + (clock.GetElapsedTime(known.At) / RefusalEvery))
            : RefusalsAtOnce;

    // The token itself is not kept, because it may be valid elsewhere.
    private static string HashOf(string node, string token) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{node} {token}")));
}
