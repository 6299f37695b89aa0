namespace Stromboli.Operator.Certificates;

/// <summary>Registers the hub's certificate.</summary>
internal static class CertificatesServices
{
    /// <summary>Adds the serving certificate and the service that renews it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="names">The names and addresses under which bridges reach the hub.</param>
    public static IServiceCollection AddCertificates(this IServiceCollection services, IReadOnlyList<ServingName> names) =>
        services.AddSingleton(new ServingCertificate(names)).AddSingleton<AuthorityStore>().AddHostedService<CertificateService>();
}
