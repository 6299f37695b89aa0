using Stromboli.Operator.Certificates;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// Serves <c>/healthz</c>, which shows that the process answers, and <c>/readyz</c>, which shows that it can serve bridges, now or as the
/// next leader: it has a certificate and, if it leads, complete lists. A standby is ready. Otherwise a rolling update would wait for a
/// leadership that the old pod still has.
/// </summary>
internal sealed class HealthEndpoint
{
    private readonly ServingCertificate _serving;
    private readonly OperatorLeadership _leadership;

    public HealthEndpoint(ServingCertificate serving, OperatorLeadership leadership)
    {
        _serving = serving;
        _leadership = leadership;
    }

    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext http)
    {
        var problem = http.Request.Path.Value switch
        {
            "/healthz" => null,
            "/readyz" => Problem(),
            _ => "",
        };
        http.Response.StatusCode = problem switch
        {
            null => StatusCodes.Status200OK,
            "" => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(problem ?? "ok\n");
    }

    private string? Problem()
    {
        if (_serving.Current is null)
        {
            return "no certificate yet\n";
        }

        return _leadership is { IsLeader: true, IsReady: false } ? "leading, but not all lists are complete yet\n" : null;
    }
}
