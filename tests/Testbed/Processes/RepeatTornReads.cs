using System.Net.Sockets;

namespace Stromboli.Testbed.Processes;

/// <summary>
/// Sends a GET again whose connection was reset before an answer, at most twice. Go servers reset a connection now and then on a loaded
/// machine, and a case must not fail because its observer lost a question.
/// </summary>
public sealed class RepeatTornReads(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const int Repeats = 2;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        for (var repeat = 0; ; repeat++)
        {
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            catch (HttpRequestException e)
                when (repeat < Repeats
                    && request.Method == HttpMethod.Get
                    && e.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionReset }
                )
            {
                // The next repeat has a connection of its own.
            }
        }
    }
}
