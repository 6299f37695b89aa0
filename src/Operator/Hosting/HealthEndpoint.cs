using Stromboli.Operator.Certificates;

namespace Stromboli.Operator.Hosting;

/// <summary>
/// <c>/healthz</c>: the process answers. <c>/readyz</c>: it could serve bridges, now or as the next leader: it has a certificate, and if it
/// leads, it has begun to. A standby is ready, or a rolling update would wait for a lead that the old pod still has.
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

        return _leadership is { IsLeader: true, IsReady: false } ? "leads, but has not listed everything yet\n" : null;
    }
}
