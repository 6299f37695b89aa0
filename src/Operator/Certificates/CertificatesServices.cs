namespace Stromboli.Operator.Certificates;

/// <summary>Registers the certificates of this replica.</summary>
internal static class CertificatesServices
{
    /// <summary>Adds the serving certificate and the service that renews it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="names">The names and addresses under which bridges and the API server reach the operator.</param>
    public static IServiceCollection AddCertificates(this IServiceCollection services, IReadOnlyList<ServingName> names) =>
        services
            .AddSingleton(new ServingCertificate(names))
            .AddSingleton<ReplicaCertificate>()
            .AddSingleton<TrustedAuthorities>()
            .AddSingleton<AuthorityStore>()
            .AddHostedService<CertificateService>();
}
