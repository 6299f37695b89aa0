using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Asks every few minutes whether a link may still be, ends it when it may not or when its token ends, and renews the token of a plain host
/// well before. An API server that does not answer ends nothing.
/// </summary>
internal sealed partial class LinkGuard
{
    private static readonly TimeSpan RetryRenewal = TimeSpan.FromSeconds(30);

    private readonly HubContext _context;
    private readonly HubLink _link;
    private readonly ILogger _logger;
    private LinkIdentity _identity;
    private string _token;
    private DateTimeOffset _nextReview;
    private DateTimeOffset _nextRenewal;

    public LinkGuard(HubContext context, HubLink link, LinkIdentity identity, string token)
    {
        _context = context;
        _link = link;
        _identity = identity;
        _token = token;
        _logger = context.Loggers.CreateLogger<LinkGuard>();
        _nextReview = context.Clock.GetUtcNow() + Jittered(context.Settings.AuthorizeAgainAfter);
        _nextRenewal = RenewalOf(identity);
    }

    /// <summary>Runs until the link is ended or the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await WaitAsync(cancellationToken);
            var now = _context.Clock.GetUtcNow();
            if (now >= _nextRenewal)
            {
                await RenewAsync(cancellationToken);
            }

            if (now >= _identity.Token.ExpiresAt)
            {
                await _link.RefuseAsync(
                    new LinkRefusal(
                        RefusalReason.Unauthenticated,
                        "The token that the link was opened with has ended; connect with a new one."
                    )
                );
                return;
            }

            if (now >= _nextReview && !await ReviewAsync(cancellationToken))
            {
                return;
            }
        }
    }

    private static DateTimeOffset RenewalOf(LinkIdentity identity) =>
        identity is { Renewable: true, Token.RenewAt: { } at } ? at : DateTimeOffset.MaxValue;

    // So that the links of many nodes, which all began when the leader did, do not ask all at once.
    private static TimeSpan Jittered(TimeSpan period) => period * (0.8 + (0.2 * Random.Shared.NextDouble()));

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        var next = _nextReview < _nextRenewal ? _nextReview : _nextRenewal;
        if (_identity.Token.ExpiresAt < next)
        {
            next = _identity.Token.ExpiresAt.Value;
        }

        var wait = next - _context.Clock.GetUtcNow();

        // Task.Delay cuts to whole milliseconds: without one more it would wake too early, again and again until the time has come.
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait + TimeSpan.FromMilliseconds(1), _context.Clock, cancellationToken);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        _nextRenewal = _context.Clock.GetUtcNow() + RetryRenewal;
        if (!_context.Leadership.IsLeader)
        {
            return;
        }

        try
        {
            if (await _context.Authorizer.RenewAsync(_identity, cancellationToken) is not { } token)
            {
                return;
            }

            _token = token;
            _context.Gate.Accept(token);
            _identity = _identity with { Token = TokenTimes.Read(token) };
            _nextRenewal = RenewalOf(_identity);
            _link.SendToken(token);
            Log.Renewed(_logger, _link.Node, _identity.Token.ExpiresAt);
        }
        catch (ApiException e)
        {
            Log.NotRenewed(_logger, _link.Node, e.Message);
        }
    }

    private async Task<bool> ReviewAsync(CancellationToken cancellationToken)
    {
        _nextReview = _context.Clock.GetUtcNow() + Jittered(_context.Settings.AuthorizeAgainAfter);
        if (!_context.Leadership.IsLeader)
        {
            return true;
        }

        try
        {
            await _context.Authorizer.AuthorizeAsync(_link.Node, _token, cancellationToken);
            return true;
        }
        catch (LinkRefusedException e)
        {
            await _link.RefuseAsync(e.Refusal);
            return false;
        }
        catch (ApiException e)
        {
            Log.NotReviewed(_logger, _link.Node, e.Message);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Node {Node} has a new connect token, good until {Until:u}")]
        public static partial void Renewed(ILogger logger, string node, DateTimeOffset? until);

        [LoggerMessage(LogLevel.Warning, "The connect token of node {Node} could not be renewed; trying again: {Message}")]
        public static partial void NotRenewed(ILogger logger, string node, string message);

        [LoggerMessage(
            LogLevel.Warning,
            "The API server could not say whether node {Node} may stay connected; asking again later: {Message}"
        )]
        public static partial void NotReviewed(ILogger logger, string node, string message);
    }
}
