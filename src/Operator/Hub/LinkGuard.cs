using System.Security.Cryptography;
using System.Text;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Hub;

/// <summary>
/// Reviews every few minutes whether a link may stay up, and ends it when it may not or when its token expires. Renews the token of a plain
/// host well before it expires. If the API server does not answer, the link stays up.
/// </summary>
internal sealed partial class LinkGuard(
    LinkIdentity identity,
    string token,
    LinkAccess access,
    ILeadership leadership,
    HubOptions options,
    TimeProvider clock,
    ILogger<LinkGuard> logger
)
{
    private static readonly TimeSpan RetryRenewal = TimeSpan.FromSeconds(30);

    private LinkIdentity _identity = identity;
    private readonly string _firstToken = token;
    private volatile string _token = token;
    private DateTimeOffset _nextReview;
    private DateTimeOffset _nextRenewal;

    /// <summary>Runs until it ends the link or the link ends.</summary>
    /// <param name="link">The link to guard.</param>
    /// <param name="cancellationToken">The link has ended.</param>
    public async Task RunAsync(HubLink link, CancellationToken cancellationToken)
    {
        _nextReview = clock.GetUtcNow() + Jittered(options.ReviewInterval);
        _nextRenewal = RenewalOf(_identity);
        while (true)
        {
            await WaitAsync(cancellationToken);
            var now = clock.GetUtcNow();
            if (now >= _nextRenewal)
            {
                await RenewAsync(link, cancellationToken);
            }

            if (now >= _identity.Token.ExpiresAt)
            {
                await link.RefuseAsync(
                    new LinkRefusal(RefusalReason.Unauthenticated, "The token of this link has expired; connect with a new one.")
                );
                return;
            }

            if (now >= _nextReview && !await ReviewAsync(link, cancellationToken))
            {
                return;
            }
        }
    }

    /// <summary>Whether the token is one of this link, so that the API server has accepted it for the node.</summary>
    public bool Knows(string presented) => IsSame(presented, _firstToken) || IsSame(presented, _token);

    // In constant time, because a peer chooses what is compared.
    private static bool IsSame(string presented, string own) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(presented), Encoding.UTF8.GetBytes(own));

    private static DateTimeOffset RenewalOf(LinkIdentity identity) =>
        identity is { Renewable: true, Token.RenewAt: { } at } ? at : DateTimeOffset.MaxValue;

    // The links of all nodes begin together when a leader begins. The jitter spreads their reviews.
    private static TimeSpan Jittered(TimeSpan period) => period * (0.8 + (0.2 * Random.Shared.NextDouble()));

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var next = _nextReview < _nextRenewal ? _nextReview : _nextRenewal;
        if (_identity.Token.ExpiresAt < next)
        {
            next = _identity.Token.ExpiresAt.Value;
        }

        var wait = next - clock.GetUtcNow();

        // Task.Delay rounds down to whole milliseconds. Without the extra one it would wake too early, again and again.
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), clock, cancellationToken);
        }
    }

    private async Task RenewAsync(HubLink link, CancellationToken cancellationToken)
    {
        _nextRenewal = clock.GetUtcNow() + RetryRenewal;
        if (!leadership.IsLeader)
        {
            return;
        }

        try
        {
            if (await access.RenewAsync(_identity, cancellationToken) is not { } renewed)
            {
                return;
            }

            _token = renewed;
            _identity = _identity with { Token = TokenLifetime.Read(renewed) };
            _nextRenewal = RenewalOf(_identity);
            link.SendToken(renewed);
            Log.Renewed(logger, link.Node, _identity.Token.ExpiresAt);
        }
        catch (ApiException e)
        {
            Log.NotRenewed(logger, link.Node, e.Message);
        }
    }

    private async Task<bool> ReviewAsync(HubLink link, CancellationToken cancellationToken)
    {
        _nextReview = clock.GetUtcNow() + Jittered(options.ReviewInterval);
        if (!leadership.IsLeader)
        {
            return true;
        }

        try
        {
            await access.ReviewAsync(link.Node, _token, cancellationToken);
            return true;
        }
        catch (LinkRefusedException e)
        {
            await link.RefuseAsync(e.Refusal);
            return false;
        }
        catch (ApiException e)
        {
            Log.NotReviewed(logger, link.Node, e.Message);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Renewed the connect token of node {Node}; it is valid until {Until:u}")]
        public static partial void Renewed(ILogger logger, string node, DateTimeOffset? until);

        [LoggerMessage(LogLevel.Warning, "Cannot renew the connect token of node {Node}; trying again: {Message}")]
        public static partial void NotRenewed(ILogger logger, string node, string message);

        [LoggerMessage(LogLevel.Warning, "Cannot review the link of node {Node}; it stays up, trying again later: {Message}")]
        public static partial void NotReviewed(ILogger logger, string node, string message);
    }
}
